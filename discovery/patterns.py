"""Makes strings that fit a regular expression, for parameters and properties that declare one.

Reads    the common part of the dialect OpenAPI documents use: literals, classes, groups, alternatives,
         quantifiers, anchors, `\\d \\w \\s` and their likes.
Memory   one result; unbounded quantifiers stop after `EXTRA_MAX` repeats, results after `LENGTH_MAX` characters.
Errors   none: `matching` gives `None` for what it cannot read or satisfy, and the caller falls back on names.
Misses   look-around, back references, Unicode properties, negated classes beyond ASCII.
"""

import re
import string

EXTRA_MAX = 6
LENGTH_MAX = 128
TRIES_MAX = 4

_DIGITS = string.digits
_WORD = string.ascii_lowercase + string.digits + "_"
_PRINTABLE = string.ascii_letters + string.digits + "-_. ~"
_ESCAPES = {"d": _DIGITS, "w": _WORD, "s": " ", "D": string.ascii_lowercase, "W": "-", "S": string.ascii_lowercase}


def fits(pattern, value):
    """Whether the pattern accepts the value; a pattern that is not readable accepts nothing."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return False


def matching(pattern, draw):
    """A string the pattern accepts, or `None`. `draw` is the source of chance."""
    for _ in range(TRIES_MAX):
        try:
            value = _Reader(pattern, draw).alternatives()
        except (_Unreadable, RecursionError):
            return None
        if value and len(value) <= LENGTH_MAX and fits(pattern, value):
            return value
    return None


class _Unreadable(Exception):
    """The pattern uses something this reader does not know."""


class _Reader:
    """Reads a pattern from left to right and writes a matching string as it goes."""

    def __init__(self, pattern, draw):
        self.pattern, self.at, self.draw = pattern, 0, draw

    def alternatives(self):
        """One of the branches between `|`; all are read, since only reading finds their ends."""
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        return self.draw.choice(branches)

    def sequence(self):
        out = []
        while self.peek() not in ("", "|", ")"):
            start = self.at
            out.append(self.atom())
            least, most = self.quantifier()
            after = self.at
            if (least, most) != (1, 1):
                out.pop()
                # An atom is read again for each repeat, so that repeats differ.
                for _ in range(self.draw.randint(least, most)):
                    self.at = start
                    out.append(self.atom())
                self.at = after
            if sum(map(len, out)) > LENGTH_MAX:
                raise _Unreadable
        return "".join(out)

    def atom(self):
        sign = self.take()
        if sign in "^$":
            return ""
        if sign == "(":
            return self.group()
        if sign == "[":
            return self.draw.choice(self.members())
        if sign == ".":
            return self.draw.choice(string.ascii_lowercase)
        if sign == "\\":
            return self.draw.choice(self.escaped())
        return sign

    def group(self):
        if self.peek() == "?":
            self.at += 1
            if self.take() != ":":
                raise _Unreadable
        inside = self.alternatives()
        if self.take() != ")":
            raise _Unreadable
        return inside

    def members(self):
        negated = self.peek() == "^"
        self.at += negated
        found = []
        while self.peek() != "]" or not found:
            sign = self.take()
            choices = self.escaped() if sign == "\\" else sign
            ranged = len(choices) == 1 and self.pattern[self.at:self.at + 1] == "-"
            if ranged and self.pattern[self.at + 1:self.at + 2] not in ("]", ""):
                self.at += 1
                last = self.take()
                last = self.escaped() if last == "\\" else last
                choices = "".join(map(chr, range(ord(choices), min(ord(last[0]), 126) + 1)))
            found.extend(choices)
        self.at += 1
        if negated:
            found = [sign for sign in _PRINTABLE if sign not in found]
        if not found:
            raise _Unreadable
        return found

    def escaped(self):
        sign = self.take()
        if sign in "bBAZzpPuxk123456789":
            raise _Unreadable
        return _ESCAPES.get(sign, sign)

    def quantifier(self):
        least, most = 1, 1
        sign = self.peek()
        if sign == "*":
            least, most = 0, EXTRA_MAX
        elif sign == "+":
            least, most = 1, EXTRA_MAX
        elif sign == "?":
            least, most = 0, 1
        elif sign == "{" and (counted := re.match(r"\{(\d+)(,?)(\d*)\}", self.pattern[self.at:])):
            least = int(counted[1])
            most = int(counted[3]) if counted[3] else least + (EXTRA_MAX if counted[2] else 0)
            most = min(most, least + EXTRA_MAX * 2)
            self.at += counted.end() - 1
        else:
            return 1, 1
        self.at += 1
        if self.peek() in ("?", "+"):
            self.at += 1
        if least > LENGTH_MAX:
            raise _Unreadable
        return least, most

    def peek(self):
        return self.pattern[self.at:self.at + 1]

    def take(self):
        sign = self.peek()
        if not sign:
            raise _Unreadable
        self.at += 1
        return sign
