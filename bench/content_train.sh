#!/bin/sh
# Learns the weights of content detection anew: bench/content_train.sh CORPORA [leave-out]
#
# CORPORA is a folder of labelled requests (JSON lines, gzip; see bench/src/bin/content_corpora.rs). Without more, writes
# crates/detect/src/content/weights.rs: the same bytes with each run over the same corpora. With `leave-out`, prints
# what is found and refused where each source in turn was not learnt from, and writes nothing.
set -eu
cd "$(dirname "$0")/.."
corpora=$1
values=$(mktemp)
trap 'rm -f "$values" "$values.rs"' EXIT
cargo run --quiet --release --locked -p bartizan-bench --bin content_corpora -- "$corpora" dump "$values"
train="cargo run --quiet --release --locked -p bartizan-detect --example train -- $values"
if [ "${2:-}" = leave-out ]; then
    $train leave-out
else
    $train > "$values.rs"
    cp "$values.rs" crates/detect/src/content/weights.rs
fi
