#!/usr/bin/env python3
"""Verifies a ledger of bartizan from its files alone: a second opinion, written from the C2SP texts
(tlog-tiles, tlog-checkpoint, signed-note) and RFC 6962 and 8032, sharing no code with bartizan.

    tools/verify_ledger.py --key VKEY [--against FILE]... DIR [DIR...]

DIR is a copy of the directory `ledger`; FILE is a signed note, or lines of JSON with `checkpoint`. Prints a line
for each DIR, `verified` or `NOT VERIFIED` and why, and ends with 0, or 5 if one of them is not verified.
Needs Python 3.8 and nothing else. It does not read what the entries mean, but for those that name other keys.
"""

import argparse
import base64
import binascii
import hashlib
import json
import os
import sys

WIDTH = 256
ENTRY_KIND_KEY = 12


class Wrong(Exception):
    """Something is not as it was signed."""


# Ed25519, RFC 8032 section 5.1: plain and slow.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = decompress(BASE_Y.to_bytes(32, "little"))


def signed(public, message, signature):
    if len(signature) != 64:
        return False
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % L
    x1, y1, z1, _ = times(s, BASE)
    x2, y2, z2, _ = add(r, times(k, a))
    return (x1 * z2 - x2 * z1) % P == 0 and (y1 * z2 - y2 * z1) % P == 0


# Signed notes and checkpoints.


def decoded(text):
    """Base64 that encodes to the same text again."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_name(name):
    return bool(name) and "+" not in name and not any(it.isspace() or ord(it) < 32 or ord(it) == 127 for it in name)


def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def read_key(text):
    name, number, data = text.strip().split("+", 2)
    data = decoded(data)
    if data is None or len(data) != 33 or data[0] != 1 or not is_name(name):
        raise SystemExit("not a key: " + text)
    if key_id(name, data[1:]).hex() != number:
        raise SystemExit("the number of this key is not its own: " + text)
    return name, data[1:]


def read_note(data):
    """The text of a note, and its signatures as (name, number of the key, signature)."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong("a note is no text") from None
    if len(data) > 65536 or any(ord(it) < 32 and it != "\n" for it in note):
        raise Wrong("a note is too long, or no text")
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Wrong("a note has no signatures")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, space, data = line[2:].partition(" ")
        data = decoded(data)
        if not line.startswith("— ") or not space or not is_name(name) or data is None or len(data) < 5:
            raise Wrong("a signature line is malformed")
        signatures.append((name, data[:4], data[4:]))
    if len(signatures) > 64:
        raise Wrong("a note has too many signatures")
    return text + "\n", signatures


def believe(text, signatures, keys):
    """Whether one of these keys signed the text; a wrong signature of one of them spoils it."""
    good = False
    for name, number, signature in signatures:
        for known, public in keys:
            if known == name and key_id(known, public) == number:
                if not signed(public, text.encode(), signature):
                    raise Wrong("a signature is wrong")
                good = True
    if not good:
        raise Wrong("no known key signed it")


def decimal(text):
    if not text.isascii() or not text.isdigit() or (text[0] == "0" and text != "0") or int(text) >= 2**64:
        raise Wrong("a checkpoint has no size")
    return int(text)


def read_checkpoint(text):
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Wrong("a note is no checkpoint")
    root = decoded(lines[2])
    if root is None or len(root) != 32:
        raise Wrong("a checkpoint has no root")
    return lines[0], decimal(lines[1]), root


def notes_of(path):
    with open(path, "rb") as file:
        data = file.read()
    try:
        read_note(data)
        return [data]
    except Wrong:
        pass
    notes = []
    for line in data.split(b"\n"):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict) and isinstance(value.get("checkpoint"), str):
            notes.append(value["checkpoint"].encode())
    if not notes:
        raise SystemExit(path + " holds no checkpoint")
    return notes


# The tree.


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Grows leaf by leaf; knows its root at any moment."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def push(self, leaf):
        size = self.size
        while size & 1:
            leaf = node(self.peaks.pop(), leaf)
            size >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root


def root_of(hashes):
    tree = Tree()
    for it in hashes:
        tree.push(it)
    return tree.root()


def tile_path(kind, index):
    groups = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        groups.insert(0, "x%03d" % (index % 1000))
    return "tile/%s/%s" % (kind, "/".join(groups))


def read(folder, path):
    try:
        with open(os.path.join(folder, path), "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def fetch(folder, kind, index, width):
    """A tile, and whether it may go on behind what is wanted of it."""
    path = tile_path(kind, index)
    if width == WIDTH:
        return read(folder, path), False
    data = read(folder, "%s.p/%d" % (path, width))
    return (data, False) if data is not None else (read(folder, path), True)


def read_entries(data, width, goes_on, where):
    entries, at = [], 0
    while at < len(data) and len(entries) < width:
        length = int.from_bytes(data[at : at + 2], "big")
        if len(data) < at + 2 + length:
            raise Wrong(where + ": an entry is cut")
        entries.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    if len(entries) < width or (at != len(data) and not goes_on):
        raise Wrong(where + ": does not hold the entries that it should")
    return entries


def read_hashes(folder, level, index, width):
    data, goes_on = fetch(folder, level, index, width)
    where = tile_path(level, index)
    if data is None:
        raise Wrong(where + ": missing")
    if len(data) != 32 * width and not (goes_on and len(data) > 32 * width):
        raise Wrong(where + ": has the wrong length")
    return [data[at : at + 32] for at in range(0, 32 * width, 32)]


def check_earlier(folder, kind, index, width, whole):
    """The partial tiles of earlier checkpoints must be beginnings of the one that is used."""
    for earlier in range(1, width):
        data = read(folder, "%s.p/%d" % (tile_path(kind, index), earlier))
        if data is not None and data != b"".join(whole[:earlier]):
            raise Wrong("%s.p/%d: is not the beginning of what followed it" % (tile_path(kind, index), earlier))


def verify(folder, keys, retained):
    note = read(folder, "checkpoint")
    if note is None:
        raise Wrong("there is no checkpoint")
    text, signatures = read_note(note)
    believe(text, signatures, keys)
    origin, size, root = read_checkpoint(text)
    if origin not in [name for name, _ in keys]:
        raise Wrong("the checkpoint is of another log")

    tree, roots, trusted = Tree(), {}, list(keys)
    wanted = {read_checkpoint(read_note(it)[0])[1] for it in retained}
    if 0 in wanted:
        roots[0] = tree.root()
    below = []
    for index in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - index * WIDTH)
        where = tile_path("entries", index)
        data, goes_on = fetch(folder, "entries", index, width)
        if data is None:
            raise Wrong(where + ": missing")
        entries = read_entries(data, width, goes_on, where)
        hashes = read_hashes(folder, "0", index, width)
        for number, (entry, stored) in enumerate(zip(entries, hashes)):
            leaf = hashlib.sha256(b"\x00" + entry).digest()
            if leaf != stored:
                raise Wrong("entry %d: is not the one that was recorded" % (index * WIDTH + number))
            tree.push(leaf)
            if tree.size in wanted:
                roots[tree.size] = tree.root()
            if len(entry) == 74 and entry[0] == 1 and entry[1] == ENTRY_KIND_KEY:
                trusted += [(origin, entry[10:42]), (origin, entry[42:74])]
        if width == WIDTH:
            below.append(root_of(hashes))
        else:
            check_earlier(folder, "0", index, width, hashes)
            bundled = [len(it).to_bytes(2, "big") + it for it in entries]
            check_earlier(folder, "entries", index, width, bundled)
    level = 1
    while below:
        above = []
        for index in range((len(below) + WIDTH - 1) // WIDTH):
            should = below[index * WIDTH : (index + 1) * WIDTH]
            if read_hashes(folder, str(level), index, len(should)) != should:
                raise Wrong(tile_path(level, index) + ": is not what lies below it")
            if len(should) == WIDTH:
                above.append(root_of(should))
            else:
                check_earlier(folder, str(level), index, len(should), should)
        below, level = above, level + 1
    if tree.root() != root:
        raise Wrong("the entries are not those that the checkpoint was signed for")

    for it in retained:
        text, signatures = read_note(it)
        believe(text, signatures, trusted)
        theirs, count, should = read_checkpoint(text)
        if theirs != origin:
            raise Wrong("a retained checkpoint is of another log")
        if count > size:
            raise Wrong("the log has %d entries, and had %d: it was rolled back" % (size, count))
        if roots[count] != should:
            raise Wrong("the first %d entries are not those of the retained checkpoint" % count)
    return size


def main():
    parser = argparse.ArgumentParser(description="Verifies ledgers of bartizan.")
    parser.add_argument("--key", action="append", required=True, metavar="VKEY")
    parser.add_argument("--against", action="append", default=[], metavar="FILE")
    parser.add_argument("folders", nargs="+", metavar="DIR")
    given = parser.parse_args()
    keys = [read_key(it) for it in given.key]
    retained = [note for path in given.against for note in notes_of(path)]
    failed = False
    for folder in given.folders:
        try:
            print("verified      %s: %d entries" % (folder, verify(folder, keys, retained)))
        except Wrong as why:
            failed = True
            print("NOT VERIFIED  %s: %s" % (folder, why))
    sys.exit(5 if failed else 0)


if __name__ == "__main__":
    main()
