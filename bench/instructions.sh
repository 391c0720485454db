#!/usr/bin/env bash
# Instructions per call of the hot path, counted by valgrind's callgrind: the same number whatever
# else the machine does. Compares with bench/instructions.txt; `--bless` writes it anew.
#
# A difference of more than 3 % in either direction fails: what got slower wants a reason in the
# commit, what got faster wants to stay so.
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${CARGO_TARGET_DIR:-target}/release
cargo build --quiet --release --locked -p bartizan-bench --bin instructions --bin schema
count() { # CASE TIMES -> instructions
  local program=instructions
  case $1 in tape | validate) program=schema ;; esac
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$programs/$program" "$1" "$2" 2>&1 |
    sed -n 's/.*Collected : \([0-9]*\)$/\1/p'
}
known=bench/instructions.txt
[ "${1:-}" = "--bless" ] && : >"$known"
failed=0
for case in head write decide get headers post tape validate; do
  few=$(count "$case" 100)
  many=$(count "$case" 600)
  each=$(((many - few) / 500))
  if [ "${1:-}" = "--bless" ]; then
    echo "$case $each" >>"$known"
    echo "$case $each"
    continue
  fi
  before=$(sed -n "s/^$case //p" "$known")
  if [ $((each * 100)) -gt $((before * 103)) ] || [ $((each * 100)) -lt $((before * 97)) ]; then
    echo "$case: $each instructions, $before known: more than 3 % apart"
    failed=1
  else
    echo "$case: $each instructions ($before known)"
  fi
done
exit $failed
