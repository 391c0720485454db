"""Readers that forgive, as old or careless servers do. What is forwarded must read the same in each.

Each one differs from the strict grammar where a family of real servers does: in what ends a line, in
which of two framings counts, in how a name is recognised, in how a number is read.

Source   the families of reading in README.md, "Framing".
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Habit:
    """How one careless server reads."""

    name: str
    line_end: bytes  # a regular expression
    prefers: str  # the framing that counts if both are there
    folds: bool  # whether `_` counts as `-`, as in CGI
    which: int  # the field that counts if there are several: the first or the last


HABITS = (
    Habit("bare LF ends a line, the length counts", rb"\r?\n", "length", False, 0),
    Habit("bare CR ends a line, chunks count", rb"\r\n|\r|\n", "chunked", False, -1),
    Habit("CGI names, any coding is chunked", rb"\r?\n", "chunked", True, 0),
    Habit("vertical tabs and form feeds are blanks", rb"[\r\n\x0b\x0c\x85]+", "length", True, -1),
)


def requests(data, habit):
    """`(method, target, body)` of every request in `data`, as `habit` reads them; None where it
    cannot."""
    found, at = [], 0
    while at < len(data):
        end = re.compile(rb"(?:\r?\n){2}|\r\r").search(data, at)
        if not end:
            return None
        lines = re.split(habit.line_end, data[at:end.start()])
        at = end.end()
        words = lines[0].split()
        if len(words) < 2:
            return None
        values = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            name = name.strip().lower()
            name = name.replace(b"_", b"-") if habit.folds else name
            values.setdefault(name, []).append(value.strip())
        length, coding = values.get(b"content-length"), values.get(b"transfer-encoding")
        if length and coding:
            length, coding = (length, None) if habit.prefers == "length" else (None, coding)
        body = b""
        if coding and b"chunked" in coding[habit.which].lower():
            chunks, at = unchunk(data, at)
            if chunks is None:
                return None
            body = chunks
        elif length:
            count = int(re.match(rb"[+ ]*(\d*)", length[habit.which])[1] or 0)
            body, at = data[at:at + count], at + count
        found.append((words[0], words[1], body))
    return found


def unchunk(data, at):
    body = b""
    while True:
        size = re.compile(rb"\s*(?:0x)?([0-9a-fA-F]+)[^\n]*\n").match(data, at)
        if not size:
            return None, at
        at, count = size.end(), int(size[1], 16)
        if count == 0:
            end = re.compile(rb"(?:[^\r\n]+\r?\n)*\r?\n").match(data, at)
            return (body, end.end()) if end else (None, at)
        body += data[at:at + count]
        at += count
        at += 2 if data[at:at + 2] == b"\r\n" else 1
