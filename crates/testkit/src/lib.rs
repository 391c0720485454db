//! For tests only: the architecture's own test, and what several crates' tests share.
