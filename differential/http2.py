"""HTTP/2 requests made by hand, frame by frame: sound, unusual and malformed ones.

Fields are written as literals without compression, so that any byte can stand anywhere.

Source   RFC 9113 sections 4 to 8; RFC 7541 section 6.2.2.
Misses   compression of fields (literals only), flow control (bodies stay below the first window).
"""

import random
import struct
from dataclasses import dataclass, field

from corpus import SMUGGLED, SPECIAL

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST, SETTINGS, GOAWAY, CONTINUATION = 0, 1, 3, 4, 7, 9
END_STREAM, END_HEADERS, PADDED, PRIORITY = 1, 4, 8, 32
FRAME_BYTES_MAX = 16384


@dataclass
class Stream:
    """One request: its fields, its body, its trailers, and whether it is ended in order."""

    pairs: list
    body: bytes = b""
    trailers: list = None
    has_end: bool = True
    split: int = 0  # bytes of the first header frame; the rest is continued
    padded: bool = False
    pieces: int = 1  # frames that the body is sent in


@dataclass
class Case:
    name: str
    family: str
    streams: list
    kind: str = "http2"

    def wire(self):
        out = PREFACE + frame(SETTINGS, 0, 0, b"")
        for number, stream in enumerate(self.streams):
            out += frames(stream, 2 * number + 1)
        return out


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def integer(value, prefix_max, first):
    if value < prefix_max:
        return bytes([first | value])
    out, value = bytearray([first | prefix_max]), value - prefix_max
    while value >= 128:
        out.append(value % 128 | 128)
        value //= 128
    return bytes(out) + bytes([value])


def block(pairs):
    """A header block of literals that are not indexed."""
    out = b""
    for name, value in pairs:
        out += b"\x00" + integer(len(name), 127, 0) + name + integer(len(value), 127, 0) + value
    return out


def frames(stream, number):
    fields = block(stream.pairs)
    is_bare = not stream.body and stream.trailers is None
    end = END_STREAM if is_bare and stream.has_end else 0
    pad, flags = (b"\x03", PADDED) if stream.padded else (b"", 0)
    first = stream.split or FRAME_BYTES_MAX - 16
    out = frame(HEADERS, end | flags | (0 if len(fields) > first else END_HEADERS), number,
                pad + fields[:first] + (b"\0" * 3 if stream.padded else b""))
    rest = fields[first:]
    while rest:
        piece, rest = rest[:FRAME_BYTES_MAX], rest[FRAME_BYTES_MAX:]
        out += frame(CONTINUATION, 0 if rest else END_HEADERS, number, piece)
    if stream.body:
        size = max(1, min(FRAME_BYTES_MAX - 16, -(-len(stream.body) // stream.pieces)))
        for at in range(0, len(stream.body), size):
            is_last = at + size >= len(stream.body) and stream.trailers is None and stream.has_end
            out += frame(DATA, flags | (END_STREAM if is_last else 0), number,
                         pad + stream.body[at:at + size] + (b"\0" * 3 if stream.padded else b""))
    if stream.trailers is not None:
        out += frame(HEADERS, END_HEADERS | (END_STREAM if stream.has_end else 0), number, block(stream.trailers))
    return out


def read(answer):
    """`(ended, bodies, is_over)`: streams that ended, what was sent on each, and whether the
    connection is told to end."""
    at, ended, bodies, is_over = 0, set(), {}, False
    while at + 9 <= len(answer):
        length = int.from_bytes(answer[at:at + 3], "big")
        kind, flags = answer[at + 3], answer[at + 4]
        number = int.from_bytes(answer[at + 5:at + 9], "big") & 0x7FFFFFFF
        if at + 9 + length > len(answer):
            break
        payload = answer[at + 9:at + 9 + length]
        at += 9 + length
        if kind == DATA:
            bodies[number] = bodies.get(number, b"") + payload
        if kind == RST or (kind in (DATA, HEADERS) and flags & END_STREAM):
            ended.add(number)
        is_over |= kind == GOAWAY
    return ended, bodies, is_over


BASE = [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"h"), (b":path", b"/a")]


def request(*more, **other):
    """Fields of a request; keywords replace a pseudo-field, None removes it."""
    pairs = [(k, other.get(k[1:].decode(), v)) for k, v in BASE]
    return [it for it in pairs if it[1] is not None] + list(more)


def named():
    found = []

    def case(name, pairs, body=b"", **other):
        found.append(Case(f"http2: {name}", "http2", [Stream(pairs, body, **other)]))

    post = lambda *more, **other: request(*more, **{"method": b"POST", **other})
    case("sound", request((b"x", b"y")))
    case("sound with a body", post((b"content-length", b"3")), b"abc")
    case("sound without a length", post(), b"abc")
    case("an empty body", post((b"content-length", b"0")))
    case("https", request(scheme=b"https"))
    case("OPTIONS *", request(method=b"OPTIONS", path=b"*"))
    case("an unknown method", request(method=b"PURGE"))
    case("a body of a GET", request(), SMUGGLED)
    case("a body of a HEAD", request(method=b"HEAD"), SMUGGLED)
    case("a body that is a request", post(), SMUGGLED)
    case("a body that ends chunks", post(), b"0\r\n\r\n" + SMUGGLED)
    case("cookies in pieces", request((b"cookie", b"a=b"), (b"x", b"1"), (b"cookie", b"c=d")))
    case("host alone", request((b"host", b"h"), authority=None))
    case("host beside the same authority", request((b"host", b"h")))
    case("trailers", post(), b"abc", trailers=[(b"x-t", b"1")])
    case("continued fields", request((b"x-long", b"v" * 3000)), split=100)
    case("padding", post(), b"abc", padded=True)
    case("body in 40 frames", post(), b"a" * 4000, pieces=40)
    case("body of 60 KB", post(), b"a" * 60000, pieces=4)
    case("te: trailers", request((b"te", b"trailers")))
    case("Latin-1 in a value", request((b"x", b"caf\xe9")))
    found.append(Case("http2: two streams", "http2", [Stream(request(path=b"/1")), Stream(post(path=b"/2"), b"abc")]))
    # Malformed.
    for byte in (b"\r\n", b"\n", b"\r", b"\0", b"\r\n\r\n" + SMUGGLED):
        case(f"value with {byte[:4]!r} (CVE-2026-42926)", request((b"x", b"a" + byte + b"Transfer-Encoding: chunked")))
        case(f"name with {byte[:4]!r} (CVE-2026-42926)", request((b"x" + byte + b"y", b"1")))
        case(f"path with {byte[:4]!r} (CVE-2026-42926)", request(path=b"/a HTTP/1.1" + byte + b"X: y"))
        case(f"method with {byte[:4]!r}", request(method=b"GET /b HTTP/1.1" + byte + b"X: y"))
        case(f"authority with {byte[:4]!r}", request(authority=b"h" + byte + b"X: y"))
        case(f"scheme with {byte[:4]!r}", request(scheme=b"http" + byte + b"X: y"))
        case(f"cookie with {byte[:4]!r}", request((b"cookie", b"a=b" + byte + b"X: y")))
        case(f"trailer with {byte[:4]!r}", post(), b"abc", trailers=[(b"x", b"a" + byte + b"b")])
    for name, value in ((b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity"), (b"connection", b"close"), (b"connection", b"transfer-encoding"),
                        (b"keep-alive", b"1"), (b"proxy-connection", b"keep-alive"), (b"upgrade", b"websocket"), (b"upgrade", b"h2c"), (b"te", b"gzip"),
                        (b"te", b"trailers, deflate"), (b"http2-settings", b"AAMAAABkAAQAAP__"), (b"transfer_encoding", b"chunked"), (b"content_length", b"0"),
                        (b"Transfer-Encoding", b"chunked"), (b"transfer-encoding ", b"chunked"), (b" x", b"1"), (b"x ", b"1"), (b"x:y", b"1"), (b"x: y\r\nz", b"1"), (b"", b"1"), (b"X", b"1"),
                        (b"x\xe9", b"1"), (b"x", b" 1"), (b"x", b"1 "), (b"x", b"\t1"), (b"x", b"a\x01b"), (b"x", b"a\x7fb")):
        case(f"field {name!r}: {value!r}", post((name, value)), b"abc")
    for name, lengths in (("too long", (b"9",)), ("too short", (b"1",)), ("twice", (b"3", b"3")), ("twice and different", (b"3", b"0")), ("plus", (b"+3",)), ("list", (b"3, 3",)),
                          ("empty", (b"",)), ("negative", (b"-1",)), ("2^64 and 3", (b"18446744073709551619",)), ("hexadecimal", (b"0x3",)), ("letters", (b"abc",)), ("blank", (b" 3",))):
        case(f"length {name}", post(*[(b"content-length", it) for it in lengths]), b"abc")
    case("length and no body", post((b"content-length", b"9")))
    case("length 0 and a body", post((b"content-length", b"0")), SMUGGLED)
    case("length of a GET and no body", request((b"content-length", b"%d" % len(SMUGGLED))))
    for name, other in (("no method", {"method": None}), ("no path", {"path": None}), ("no scheme", {"scheme": None}), ("no authority, no host", {"authority": None}),
                        ("empty method", {"method": b""}), ("empty path", {"path": b""}), ("empty scheme", {"scheme": b""}), ("empty authority", {"authority": b""}),
                        ("path without a slash", {"path": b"a"}), ("path with a blank", {"path": b"/a b"}), ("path with a tab", {"path": b"/a\tb"}),
                        ("a request line in the path", {"path": b"/a HTTP/1.1"}), ("absolute path", {"path": b"http://evil/a"}), ("* with GET", {"path": b"*"}),
                        ("fragment", {"path": b"/a#b"}), ("two slashes", {"path": b"//evil/a"}), ("backslash", {"path": b"/a\\..\\b"}), ("Latin-1 in the path", {"path": b"/\xe9"}),
                        ("lower-case method", {"method": b"get"}), ("method with a blank", {"method": b"GET /b"}), ("CONNECT", {"method": b"CONNECT"}),
                        ("scheme ftp", {"scheme": b"ftp"}), ("scheme with a path", {"scheme": b"http://x/?"}), ("scheme in capitals", {"scheme": b"HTTP"}),
                        ("user in the authority", {"authority": b"u@h"}), ("path in the authority", {"authority": b"h/../x"}), ("blank in the authority", {"authority": b"h x"}),
                        ("comma in the authority", {"authority": b"h, evil"}), ("query in the authority", {"authority": b"h?x"}), ("authority of dots", {"authority": b"h/.."})):
        case(name, request(**other))
    case("CONNECT as it should be", [(b":method", b"CONNECT"), (b":authority", b"h:80")])
    case("extended CONNECT", [*request(method=b"CONNECT"), (b":protocol", b"websocket")])
    case("pseudo-field late", [*BASE[:3], (b"x", b"1"), BASE[3]])
    for name, value in BASE:
        case(f"two {name.decode()}", [*BASE, (name, value)])
        case(f"two {name.decode()} that differ", [(name, value + b"x"), *BASE])
    case("unknown pseudo-field", request((b":evil", b"1")))
    case(":status", request((b":status", b"200")))
    case("empty pseudo-field", request((b":", b"1")))
    case("pseudo-field in trailers", post(), b"abc", trailers=[(b":path", b"/b")])
    case("framing in trailers", post(), b"abc", trailers=[(b"content-length", b"9"), (b"transfer-encoding", b"chunked")])
    case("host that differs", request((b"host", b"evil")))
    case("two hosts", request((b"host", b"h"), (b"host", b"h")))
    case("two hosts without an authority", request((b"host", b"h"), (b"host", b"evil"), authority=None))
    case("folded host", request((b"ho_st", b"evil")))
    case("claims of origin", request(*[(it, b"6.6.6.6") for it in (b"x-forwarded-for", b"x_forwarded_for", b"forwarded", b"via", b"x-real-ip", b"x-forwarded-host")]))
    case("expectation", post((b"expect", b"100-continue")), b"abc")
    case("body never ended", post(), b"abc", has_end=False)
    case("streamed body never ended", post((b"content-type", b"application/octet-stream")), SMUGGLED, has_end=False)
    case("fields never ended", post(), has_end=False)
    case("200 fields", request(*[(b"x-%d" % it, b"1") for it in range(200)]))
    case("a field of 60 KB", request((b"x", b"v" * 60000)))
    return found


def mutations(rng, count):
    """Special bytes at each place of a request, and random faults of its list of fields."""
    found = []
    places = (b":method", b":scheme", b":authority", b":path", b"x-a", b"content-type", b"cookie")
    base = [*request(method=b"POST"), (b"x-a", b"value"), (b"content-type", b"text/plain"), (b"cookie", b"a=b")]
    every = [(place, byte, how) for place in places for byte in SPECIAL for how in range(4)]
    for number, (place, byte, how) in enumerate(rng.sample(every, min(len(every), count))):
        pairs = [put(it, byte, how) if it[0] == place else it for it in base]
        found.append(Case(f"http2 special {number}: {place.decode()} {how} {byte!r}", "http2 special bytes", [Stream(pairs, b"abc")]))
    extra = [(b"content-length", b"3"), (b"host", b"h"), (b"te", b"trailers"), (b"transfer-encoding", b"chunked"), (b":path", b"/b"), (b"x-b", b"2"), (b"cookie", b"c=d"),
             (b"accept", b"*/*"), (b"x_c", b"3"), (b"range", b"bytes=0-1")]
    for number in range(count):
        pairs = request((b"x-a", b"1"), (b"accept", b"*/*"), method=rng.choice((b"GET", b"POST", b"PUT", b"DELETE")), path=rng.choice((b"/", b"/a/b?c=d", b"/17", b"/caf%C3%A9")))
        for _ in range(rng.randrange(4)):
            pairs.insert(rng.choice((len(pairs), len(pairs), len(pairs), rng.randrange(len(pairs)))), rng.choice(extra))
        body = rng.choice((b"", b"abc", b"abc", SMUGGLED))
        found.append(Case(f"http2 variation {number}", "http2 variations", [Stream(pairs, body, split=rng.choice((0, 0, 30)), padded=rng.random() < 0.2)]))
    return found


def put(pair, byte, how):
    name, value = pair
    middle = len(value) // 2
    return [(name, value + byte), (name, byte + value), (name, value[:middle] + byte + value[middle:]),
            (name + byte, value)][how]


def build(seed, quick=False):
    rng = random.Random(seed + 1)
    return named() + mutations(rng, 30 if quick else 500)
