//! How far a command is that looks through much, on a terminal.

use std::io::{self, IsTerminal, Write};

/// Exchanges after which it is shown anew.
const EVERY: u64 = 8_192;

/// A line on the error stream, drawn over itself.
#[derive(Debug)]
pub(crate) struct Bar {
    all: Option<u64>,
    is_shown: bool,
    exchanges: u64,
}

impl Bar {
    /// Of so much in all, if that is known.
    pub(crate) fn new(all: Option<u64>) -> Self {
        let is_shown = io::stderr().is_terminal();
        Self { all: all.filter(|it| *it > 0), is_shown, exchanges: 0 }
    }

    /// Shows how much is done, and how many exchanges that were.
    pub(crate) fn show(&self, done: u64, exchanges: u64) {
        if self.is_shown {
            let text = format!("\r{}", text(self.all, done, exchanges));
            drop(io::stderr().write_all(text.as_bytes()));
        }
    }

    /// One more exchange, of as many as there are in all.
    pub(crate) fn count(&mut self) {
        self.exchanges = self.exchanges.saturating_add(1);
        if self.exchanges.is_multiple_of(EVERY) {
            self.show(self.exchanges, self.exchanges);
        }
    }

    /// Takes the line away; how many exchanges there were.
    pub(crate) fn end(&self) -> u64 {
        if self.is_shown {
            drop(io::stderr().write_all(b"\r\x1b[K"));
        }
        self.exchanges
    }
}

fn text(all: Option<u64>, done: u64, exchanges: u64) -> String {
    let Some(all) = all else { return format!("{exchanges} exchanges") };
    let percent = (done.saturating_mul(100) / all.max(1)).min(100);
    let filled = usize::try_from(percent / 4).unwrap_or(0);
    format!("[{:<25}] {percent:>3} %  {exchanges} exchanges", "#".repeat(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_far_it_is() {
        assert_eq!(text(None, 5, 7), "7 exchanges");
        let half = format!("[{}{}]  50 %  7 exchanges", "#".repeat(12), " ".repeat(13));
        assert_eq!(text(Some(10), 5, 7), half);
        assert!(text(Some(10), 99, 7).contains("100 %"));
    }
}
