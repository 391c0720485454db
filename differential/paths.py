"""Spellings of a denied path, and paths that ordinary clients ask for.

A spelling is *literal* if nothing but the decoding of unreserved characters (RFC 3986 section 6.2.2.2)
and the end of the path (`?`) leads to the denied path or below it: a rule on the path stops it. Every
other spelling must either be refused, or not lead where the framework routes the denied path.

Source   RFC 3986 sections 2, 3.3 and 6; RFC 3629; the families of reading in README.md, "Paths".
"""

import random
import re
from dataclasses import dataclass

DENIED = b"/admin"
UNRESERVED = re.compile(rb"%([0-9A-Fa-f]{2})")


@dataclass
class Spelling:
    family: str
    target: bytes


def is_literal(target):
    path = target.split(b"?")[0]

    def decode(match):
        byte = bytes([int(match[1], 16)])
        return byte if re.match(rb"[A-Za-z0-9\-._~]", byte) else match[0]

    path = UNRESERVED.sub(decode, path)
    return path == DENIED or path.startswith(DENIED + b"/")


def escape(byte, capital=True):
    return (b"%%%02X" if capital else b"%%%02x") % byte


def spellings(seed):
    """At least 2,000 spellings, all different."""
    rng = random.Random(seed + 2)
    found = {}

    def add(family, target):
        if re.fullmatch(rb"/[\x21-\x7e\x80-\xff]*", target):
            found.setdefault(target, family)

    tails = (b"", b"/", b"/users", b"?x=1")
    # Escapes: each letter, all letters, in both cases; twice; of the slash.
    for at in range(1, 6):
        for capital in (True, False):
            one = DENIED[:at] + escape(DENIED[at], capital) + DENIED[at + 1:]
            twice = one.replace(b"%", b"%25")
            for tail in tails:
                add("escape", one + tail)
                add("double escape", twice + tail)
                add("triple escape", twice.replace(b"%", b"%25") + tail)
    for mask in range(1, 32):
        text = b"/" + b"".join(escape(b) if mask >> at & 1 else bytes([b]) for at, b in enumerate(DENIED[1:]))
        add("escape", text)
        add("double escape", text.replace(b"%", b"%25"))
    # Dots, slashes, backslashes, parameters, around and inside.
    dots = (b".", b"%2e", b"%2E", b"%252e", b"%c0%ae", b"%e0%80%ae", b"%u002e", "．".encode(), b"%ef%bc%8e", b".%00", b".;", b".;a=b", b"%2e;")
    slashes = (b"/", b"//", b"///", b"\\", b"/\\", b"\\/", b"%2f", b"%2F", b"%5c", b"%5C", b"%252f", b"%255c", b"%c0%af", b"%e0%80%af", "／".encode(), b"%ef%bc%8f", b";/", b"/;/", b"/;a=b/", b"/./", b"/.//", b"%u002f", b"/%20/", b"/%09/", b"/%00/", "∕".encode(), b"%e2%88%95", b"%0d/", b"/%0a/", b"/.;/")
    for slash in slashes:
        add("slash", b"/" + slash.lstrip(b"/") + b"admin")
        add("slash", slash + b"admin" if slash.startswith(b"/") else b"/" + slash + b"admin")
        for tail in (slash, slash + b"users", slash + b"users?x=1"):
            add("slash behind", DENIED + tail)
        for before in (b"/x", b"/public", b"/x/y"):
            for dot in dots:
                add("dots", before + slash + dot * 2 + slash + b"admin")
                add("dots", before + b"/" + dot * 2 + slash + b"admin")
                add("dots", before + slash + dot * 2 + b"/admin")
        for dot in dots:
            add("dots", b"/" + dot + slash + b"admin")
            add("dots", b"/" + dot * 2 + slash + b"admin")
            add("dots behind", DENIED + slash + dot)
            add("dots behind", DENIED + slash + b"x" + slash + dot * 2)
            add("dots behind", DENIED + slash + dot + slash + b"users")
    # Something at each place of the path.
    for byte in (*range(0x00, 0x30), *range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0xA1), 0xAD, 0xFF):
        for at in (1, 3, 6):
            add("byte", DENIED[:at] + escape(byte) + DENIED[at:])
            if byte > 0x20 and byte != 0x7F:
                add("byte", DENIED[:at] + bytes([byte]) + DENIED[at:])
        add("byte", DENIED + escape(byte) + b"/users")
    # Parameters and suffixes.
    for tail in (b";", b";a", b";a=b", b";a=b;c=d", b";/", b";/users", b"%3b", b"%3Ba=b", b"/;", b";jsessionid=1", b",x", b".", b"..", b".json", b".html", b"~", b"%20", b"%09", b"%00", b"%00.png",
                 b"%0a", b"%0d%0a", b"%23", b"#", b"#x", b"%3f", b"%3fx", b"%3F/x", b"?", b"??", b"&x", b"*", b"%2a", b":80", b"@h", b"%ff", b"%c3%a9", b"%", b"%2", b"%zz", b"%1", b"+", b"%2b", b"!", b"$", b"'", b'"', b"|"):
        add("suffix", DENIED + tail)
        add("suffix", b"/x/.." + DENIED + tail)
        add("suffix", b"/" + DENIED + tail)
    # Letters: case, look-alikes, wide forms, what some decoders cut down to a byte.
    for mask in range(1, 32):
        add("case", b"/" + bytes(b ^ 0x20 if mask >> at & 1 else b for at, b in enumerate(DENIED[1:])))
    for at in range(1, 6):
        letter = DENIED[at]
        for text in (chr(0xFEE0 + letter), chr(0x100 + letter), chr(0x4E00 + letter), chr(0x1D400 + letter - 0x47), chr(letter) + "\u0301", chr(letter) + "\u200b", "\u00ad" + chr(letter), "\ufeff" + chr(letter)):
            raw = text.encode()
            for form in (raw, b"".join(map(escape, raw)), b"%%u%04x" % (ord(text[0]) & 0xFFFF)):
                add("letters", DENIED[:at] + form + DENIED[at + 1:])
        for form in (b"%%c1%%%02x" % (0x80 | letter & 0x3F), b"%%e0%%81%%%02x" % (0x80 | letter & 0x3F), b"%%f0%%80%%81%%%02x" % (0x80 | letter & 0x3F), b"&#%d;" % letter, b"\\x%02x" % letter, b"\\u%04x" % letter,
                     b"%%%x%%%x" % (letter >> 4, letter & 15), b"%%25%%%02x%%%02x" % (0x30 | letter >> 4, 0x30 | letter & 15)):
            add("letters", DENIED[:at] + form + DENIED[at + 1:])
    for target in (b"//h/admin", b"//h:80/admin", b"//u@h/admin", b"///h/admin", b"/\\h/admin", b"/http://h/admin", b"/http:/h/admin", b"/%2f%2fh/admin", b"//admin@h/", b"/x?/../admin", b"/x#/../admin", b"/x%3f/../admin", b"/x%23/../admin"):
        add("authority", target)
        add("authority", target + b"/users")
    every = sorted(found.items())
    dots = [it for it in every if it[1].startswith("dots")]
    rest = [it for it in every if not it[1].startswith("dots")]
    return [Spelling(family, target) for target, family in sorted(rest + rng.sample(dots, min(len(dots), 1800)))]


def absolute(spelling):
    """The same path in absolute form."""
    return b"http://h" + spelling.target


def legitimate(seed, count=2000):
    """Targets of the kind that browsers, mobile apps and other services send to APIs.

    Misses   recorded traffic: these are made after documented APIs, which is less."""
    rng = random.Random(seed + 3)
    hexes = lambda n: b"%0*x" % (n, rng.getrandbits(4 * n))
    uuid = lambda: b"-".join((hexes(8), hexes(4), hexes(4), hexes(4), hexes(12)))
    words = (b"orders", b"users", b"items", b"search", b"reports", b"v1", b"v2", b"api", b"account-settings", b"line_items", b"products", b"health", b"me", b"batch:get", b"payments", b"files")
    names = (b"caf%C3%A9", b"a%20b", b"report.final.pdf", b"%E6%97%A5%E6%9C%AC", b"o'brien", b"jane.doe@example.com", b"jane%40example.com", b"2026-11-22", b"10:30", b"@me", b"a+b", b"50%25", b"x,y,z", b"(1)", b"~home", b"C%2B%2B", b"v1.2.3", b"...", b"_search", b"$metadata", b"Q%26A")
    queries = (b"page=2&size=50", b"q=hello+world", b"q=%22exact%20phrase%22", b"sort=-created,name", b"filter[status]=open", b"ids=1,2,3", b"since=2026-11-22T10:30:00%2B01:00", b"redirect=https%3A%2F%2Fexample.com%2Fa%2Fb", b"fields=a(b,c)", b"lat=52.5&lon=-13.4", b"cursor=eyJpZCI6MTd9", b"path=a/b/../c", b"tag=c%23", b"price=10..20", b"empty=", b"flag", b"x=%E2%82%AC")
    found = []
    while len(found) < count:
        parts = []
        for _ in range(rng.randrange(1, 6)):
            kind = rng.random()
            parts.append(rng.choice(words) if kind < 0.55 else b"%d" % rng.randrange(10 ** 6) if kind < 0.75 else uuid() if kind < 0.85 else rng.choice(names))
        target = b"/" + b"/".join(parts) + (b"/" if rng.random() < 0.05 else b"")
        if rng.random() < 0.4:
            target += b"?" + b"&".join(rng.sample(queries, rng.randrange(1, 3)))
        found.append(target)
    return found
