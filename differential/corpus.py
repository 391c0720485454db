"""HTTP/1 requests: named cases, mutations, and lawful variations.

Derived from the grammar of RFC 9112 and RFC 9110 and from the families of faults that proxies are known
for; an identifier in a name says which published fault the case is the shape of. The same seed gives
the same corpus.

A case is sent on a connection of its own. Where it holds several requests, each must be read as what
it is: `/smuggled` is the target that must never be read out of a body.
"""

import random
from dataclasses import dataclass

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: h\r\n\r\n"


@dataclass
class Case:
    """`wire` is what is sent: bytes, or a list of pieces with a moment between them."""

    name: str
    family: str
    wire: object
    kind: str = "named"

    def sent(self):
        return b"".join(self.wire) if isinstance(self.wire, list) else self.wire


def head(method=b"GET", target=b"/a", version=b"HTTP/1.1", *fields, host=b"Host: h"):
    lines = [b" ".join(it for it in (method, target, version) if it)]
    lines += [host] if host is not None else []
    return b"\r\n".join([*lines, *fields]) + b"\r\n\r\n"


def post(*fields, body=b"", target=b"/a"):
    return head(b"POST", target, b"HTTP/1.1", *fields) + body


def named():
    found = []

    def case(family, name, *wire):
        found.append(Case(f"{family}: {name}", family, wire[0] if len(wire) == 1 else list(wire)))

    chunks = b"0\r\n\r\n"
    te, cl = b"Transfer-Encoding: chunked", b"Content-Length: "

    # Two framings, or one that is spelled so that only some see it.
    f = "two framings"
    case(f, "CL.TE", post(cl + b"%d" % (len(chunks) + len(SMUGGLED)), te, body=chunks + SMUGGLED))
    case(f, "TE.CL", post(te, cl + b"4", body=b"%x\r\n" % len(SMUGGLED) + SMUGGLED + b"\r\n" + chunks))
    case(f, "CL.TE with an equal end", post(cl + b"5", te, body=chunks))
    case(f, "CL: 0 and chunks", post(cl + b"0", te, body=b"3\r\nabc\r\n" + chunks))
    case(f, "two equal lengths", post(cl + b"3", cl + b"3", body=b"abc"))
    case(f, "two lengths", post(cl + b"0", cl + b"%d" % len(SMUGGLED), body=SMUGGLED))
    case(f, "two lengths, the other way", post(cl + b"%d" % len(SMUGGLED), cl + b"0", body=SMUGGLED))
    case(f, "lengths in a list", post(cl + b"3, 3", body=b"abc"))
    case(f, "lengths in a list that differ", post(cl + b"0, %d" % len(SMUGGLED), body=SMUGGLED))
    case(f, "a folded name beside a length", post(cl + b"0", b"Content_Length: %d" % len(SMUGGLED), body=SMUGGLED))
    case(f, "a folded coding beside a length", post(cl + b"3", b"Transfer_Encoding: chunked", body=b"abc"))
    case(f, "a folded coding alone", post(b"Transfer_Encoding: chunked", body=chunks))
    case(f, "a length of a GET", head(b"GET", b"/a", b"HTTP/1.1", cl + b"%d" % len(SMUGGLED)) + SMUGGLED)
    case(f, "chunks of a GET", head(b"GET", b"/a", b"HTTP/1.1", te) + b"%x\r\n" % len(SMUGGLED) + SMUGGLED + b"\r\n" + chunks)
    case(f, "a body of HEAD", head(b"HEAD", b"/a", b"HTTP/1.1", cl + b"%d" % len(SMUGGLED)) + SMUGGLED + NEXT)
    case(f, "a body of DELETE", head(b"DELETE", b"/a", b"HTTP/1.1", cl + b"3") + b"abc" + NEXT)
    case(f, "a body of an unknown method", head(b"PURGE", b"/a", b"HTTP/1.1", cl + b"3") + b"abc" + NEXT)
    case(f, "a body of OPTIONS *", head(b"OPTIONS", b"*", b"HTTP/1.1", cl + b"3") + b"abc" + NEXT)
    case(f, "no framing and a body", post(body=SMUGGLED))
    f = "transfer codings"
    for name, value in (
            ("chunked twice in a list", b"chunked, chunked"), ("gzip, chunked", b"gzip, chunked"),
            ("chunked, identity", b"chunked, identity"), ("identity", b"identity"), ("empty", b""),
            ("xchunked", b"xchunked"), ("chunkedx", b"chunkedx"), ("a parameter", b"chunked;a=b"),
            ("quoted", b'"chunked"'), ("a comma before", b", chunked"), ("a comma behind", b"chunked,"),
            ("capitals", b"CHUNKED"), ("mixed", b"cHuNkEd"), ("tabs around", b"\tchunked\t"),
            ("blanks around", b"   chunked   "), ("a vertical tab before", b"\x0bchunked"),
            ("a form feed before", b"\x0cchunked"), ("a vertical tab behind", b"chunked\x0b"),
            ("NUL behind", b"chunked\x00"), ("NEL behind", b"chunked\x85"), ("NBSP before", b"\xa0chunked"),
            ("a soft hyphen", b"chun\xadked"), ("deflate", b"deflate"), ("chunked and a blank word", b"chunked foo"),
            ("a long s", "chunked\u017f".encode()), ("a kelvin sign", "chun\u212aed".encode())):
        case(f, name, post(b"Transfer-Encoding: " + value, body=b"3\r\nabc\r\n" + chunks))
    case(f, "two fields", post(te, te, body=chunks))
    case(f, "two fields, one unknown", post(te, b"Transfer-Encoding: cow", body=chunks))
    case(f, "a field that begins with a blank", post(b" Transfer-Encoding: chunked", cl + b"5", body=chunks))
    case(f, "a blank before the colon", post(b"Transfer-Encoding : chunked", body=chunks))
    case(f, "a tab before the colon", post(b"Transfer-Encoding\t: chunked", body=chunks))
    case(f, "NUL in the name", post(b"Transfer\x00-Encoding: chunked", body=chunks))
    case(f, "folded value", post(b"Transfer-Encoding:\r\n chunked", body=chunks))
    case(f, "behind a bare LF", post(b"X: y\nTransfer-Encoding: chunked", body=chunks))
    case(f, "behind a bare CR", post(b"X: y\rTransfer-Encoding: chunked", body=chunks))
    case(f, "named by Connection", post(b"Connection: transfer-encoding", te, body=b"3\r\nabc\r\n" + chunks))
    f = "lengths"
    for name, value in (
            ("empty (CVE-2023-40225)", b""), ("plus", b"+3"), ("minus", b"-3"), ("minus zero", b"-0"),
            ("hexadecimal", b"0x3"), ("octal", b"0o3"), ("leading zeros", b"003"), ("underscore", b"3_0"),
            ("a blank inside", b"3 0"), ("a decimal point", b"3.0"), ("an exponent", b"3e0"),
            ("2^64 and 3", b"18446744073709551619"), ("2^63", b"9223372036854775808"), ("2^32 and 3", b"4294967299"),
            ("a comma behind", b"3,"), ("a semicolon", b"3;a"), ("quoted", b'"3"'), ("Arabic digits", "٣".encode()),
            ("fullwidth digits", "３".encode()), ("NUL behind", b"3\x00"), ("a vertical tab before", b"\x0b3"),
            ("NBSP before", b"\xa03"), ("tabs around", b"\t3\t"), ("40 zeros before", b"0" * 40 + b"3"),
            ("letters", b"abc"), ("undefined", b"undefined")):
        case(f, name, post(cl + value, body=b"abc") + NEXT)
    case(f, "a blank before the colon", post(b"Content-Length : 3", body=b"abc"))
    case(f, "named by Connection", post(b"Connection: content-length", cl + b"%d" % len(SMUGGLED), body=SMUGGLED))
    case(f, "too short by a request", post(cl + b"3", body=b"abc" + SMUGGLED))
    case(f, "too long", post(cl + b"30", body=b"abc"))

    # Chunks.
    f = "chunks"
    def chunked(name, body):
        case(f, name, post(te, body=body) + NEXT)
    for name, size in (("0x", b"0x3"), ("plus", b"+3"), ("minus", b"-3"), ("underscore", b"0_3"), ("blank before", b" 3"),
                       ("blank behind", b"3 "), ("tab behind", b"3\t"), ("NUL behind", b"3\x00"), ("2^64 and 3", b"10000000000000003"),
                       ("2^32 and 3", b"100000003"), ("15 zeros before", b"0" * 14 + b"3"), ("200 zeros before", b"0" * 200 + b"3"),
                       ("no digit", b""), ("a letter g", b"g"), ("an extension", b"3;a=b"), ("an extension in quotes", b'3;a="b;c"'),
                       ("a quoted CR in an extension", b'3;a="\r"'), ("an LF in an extension", b"3;a\nb"),
                       ("a CR in an extension", b"3;a\rb"), ("an empty extension", b"3;"), ("many extensions", b"3" + b";a=b" * 40),
                       ("an extension of 4 KiB", b"3;" + b"a" * 4096), ("a blank before an extension", b"3 ;a"),
                       ("two sizes", b"3 3"), ("a comma", b"3,3"), ("capital digits", b"0003")):
        chunked(f"size with {name}", size + b"\r\nabc\r\n" + chunks)
    chunked("a bare LF behind the size", b"3\nabc\r\n" + chunks)
    chunked("a bare CR behind the size", b"3\rabc\r\n" + chunks)
    chunked("a bare LF behind the data", b"3\r\nabc\n" + chunks)
    chunked("nothing behind the data", b"3\r\nabc" + chunks)
    chunked("two spare bytes for CR LF (any two bytes)", b"3\r\nabcXX" + chunks)
    chunked("a byte too many", b"3\r\nabcd\r\n" + chunks)
    chunked("an LF ends the last chunk", b"3\r\nabc\r\n0\n\n")
    chunked("an LF ends the body", b"3\r\nabc\r\n0\r\n\n")
    chunked("a CR ends the body", b"3\r\nabc\r\n0\r\n\r")
    chunked("many zeros", b"3\r\nabc\r\n00000\r\n\r\n")
    chunked("a request in an extension", b"3;" + SMUGGLED.replace(b"\r\n", b" ") + b"\r\nabc\r\n" + chunks)
    chunked("TERM.EXT: a chunk in an extension line", b"3;\nxx\r\nabc\r\n" + chunks + SMUGGLED)
    chunked("EXT.TERM: an extension behind an LF", b"0\n" + SMUGGLED + chunks)
    chunked("a trailer", b"3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n")
    chunked("a trailer that is a length", b"3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n")
    chunked("a trailer that is a coding", b"3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunked("a trailer that is a host", b"3\r\nabc\r\n0\r\nHost: evil\r\n\r\n")
    chunked("a trailer with a bare LF", b"3\r\nabc\r\n0\r\nX: y\n" + SMUGGLED)
    chunked("a trailer without a colon", b"3\r\nabc\r\n0\r\nGET /smuggled HTTP/1.1\r\n\r\n")
    chunked("a folded trailer", b"3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n")
    chunked("a request behind the last chunk", b"3\r\nabc\r\n0\r\n" + SMUGGLED)
    chunked("a chunk behind the last", b"0\r\n\r\n3\r\nabc\r\n" + chunks)
    chunked("never ended", b"3\r\nabc\r\n")
    chunked("one byte each", b"1\r\na\r\n1\r\nb\r\n1\r\nc\r\n" + chunks)
    case(f, "size line in two pieces", post(te, body=b"3"), b"\r\nabc\r\n0\r\n\r\n")
    case(f, "CR and LF in two pieces", post(te, body=b"3\r"), b"\nabc\r\n0\r\n\r\n")

    # HTTP/1.0 and other versions (CVE-2026-2835).
    f = "versions"
    case(f, "1.0 with chunks (CVE-2026-2835)", head(b"POST", b"/a", b"HTTP/1.0", te) + chunks + SMUGGLED)
    case(f, "1.0 with chunks and a length (CVE-2026-2835)", head(b"POST", b"/a", b"HTTP/1.0", te, cl + b"5") + chunks)
    case(f, "1.0 kept alive", head(b"GET", b"/a", b"HTTP/1.0", b"Connection: keep-alive") + NEXT)
    case(f, "1.0 and a next request", head(b"GET", b"/a", b"HTTP/1.0") + SMUGGLED)
    case(f, "1.0 without a host", head(b"GET", b"/a", b"HTTP/1.0", host=None))
    case(f, "1.0 with a length", head(b"POST", b"/a", b"HTTP/1.0", cl + b"3") + b"abc")
    case(f, "1.0 with a body and no length", head(b"POST", b"/a", b"HTTP/1.0") + b"abc")
    case(f, "1.0 with Expect", head(b"POST", b"/a", b"HTTP/1.0", cl + b"3", b"Expect: 100-continue") + b"abc")
    for version in (b"HTTP/0.9", b"HTTP/1.2", b"HTTP/1.9", b"HTTP/2.0", b"HTTP/11", b"HTTP/1.10", b"HTTP/01.1", b"http/1.1",
                    b"HTTP/1,1", b"HTTP/1.1x", b"HTTP /1.1", b"HTTPS/1.1", b"\xa0HTTP/1.1", b"HTTP/1.\xb2", b"ICAP/1.0", b""):
        case(f, repr(version), head(b"GET", b"/a", version) + NEXT)
    case(f, "0.9 without anything", b"GET /a\r\n\r\n")

    # Lines and bytes.
    f = "lines"
    case(f, "bare LF everywhere", head().replace(b"\r\n", b"\n"))
    case(f, "bare CR everywhere", head().replace(b"\r\n", b"\r"))
    case(f, "LF CR everywhere", head().replace(b"\r\n", b"\n\r"))
    case(f, "LF ends the head", b"GET /a HTTP/1.1\r\nHost: h\r\n\n" + SMUGGLED)
    case(f, "CR CR LF ends a line", b"GET /a HTTP/1.1\r\r\nHost: h\r\n\r\n")
    case(f, "CR in a value", head(b"GET", b"/a", b"HTTP/1.1", b"X: a\rHost: evil"))
    case(f, "NUL in a value", head(b"GET", b"/a", b"HTTP/1.1", b"X: a\x00b"))
    case(f, "NUL in a name", head(b"GET", b"/a", b"HTTP/1.1", b"X\x00: b"))
    case(f, "DEL in a value", head(b"GET", b"/a", b"HTTP/1.1", b"X: a\x7fb"))
    case(f, "folded field", head(b"GET", b"/a", b"HTTP/1.1", b"X: a\r\n b: c"))
    case(f, "folded with a tab", head(b"GET", b"/a", b"HTTP/1.1", b"X: a\r\n\tContent-Length: 30"))
    case(f, "folded first line", b"GET /a HTTP/1.1\r\n Host: evil\r\nHost: h\r\n\r\n")
    case(f, "a blank line with a blank", b"GET /a HTTP/1.1\r\nHost: h\r\n \r\nX: y\r\n\r\n")
    case(f, "one empty line before", b"\r\n" + head())
    case(f, "two empty lines before", b"\r\n\r\n" + head())
    case(f, "a bare LF before", b"\n" + head())
    case(f, "a bare CR before", b"\r" + head())
    case(f, "a blank before", b" " + head())
    case(f, "NUL before", b"\x00" + head())
    case(f, "byte order mark before", b"\xef\xbb\xbf" + head())
    case(f, "empty line between two", head() + b"\r\n" + NEXT)
    case(f, "empty line behind a body", post(cl + b"3", body=b"abc") + b"\r\n" + NEXT)
    f = "field names"
    case(f, "empty (CVE-2023-25725)", head(b"POST", b"/a", b"HTTP/1.1", b": x", cl + b"%d" % len(SMUGGLED)) + SMUGGLED)
    case(f, "empty and alone (CVE-2023-25725)", head(b"GET", b"/a", b"HTTP/1.1", b":", te))
    case(f, "empty before the host (CVE-2023-25725)", b"GET /a HTTP/1.1\r\n: \r\nHost: h\r\n\r\n")
    case(f, "no colon", head(b"GET", b"/a", b"HTTP/1.1", b"X"))
    for byte in b' \t"(),/:;<=>?@[\\]{}\x80\xff\x01\x1f':
        case(f, f"with {bytes([byte])!r}", head(b"GET", b"/a", b"HTTP/1.1", b"X" + bytes([byte]) + b"Y: z"))
    for byte in b"!#$%&'*+-.^_`|~":
        case(f, f"with {bytes([byte])!r}, which is a token", head(b"GET", b"/a", b"HTTP/1.1", b"X" + bytes([byte]) + b"Y: z"))

    # The request line.
    f = "request line"
    for name, line in (
            ("two blanks", b"GET  /a HTTP/1.1"), ("a tab", b"GET\t/a\tHTTP/1.1"), ("blank behind", b"GET /a HTTP/1.1 "),
            ("a blank in the target", b"GET /a b HTTP/1.1"), ("a tab in the target", b"GET /a\tb HTTP/1.1"),
            ("HTTP in the target", b"GET /a HTTP/1.1 HTTP/1.1"), ("no target", b"GET HTTP/1.1"), ("no method", b" /a HTTP/1.1"),
            ("a vertical tab", b"GET\x0b/a HTTP/1.1"), ("method with a colon", b"GET: /a HTTP/1.1"),
            ("method with a brace", b"G{T /a HTTP/1.1"), ("lower case", b"get /a HTTP/1.1"), ("delete in lower case", b"delete /a HTTP/1.1"), ("Get", b"Get /a HTTP/1.1"), ("trace in lower case", b"trace /a HTTP/1.1"), ("method of 40", b"A" * 40 + b" /a HTTP/1.1"),
            ("method with a dash", b"M-SEARCH /a HTTP/1.1"), ("method with a hash", b"G#T /a HTTP/1.1"), ("PRI", b"PRI * HTTP/2.0"),
            ("PRI with 1.1", b"PRI * HTTP/1.1"), ("NBSP", b"GET\xa0/a HTTP/1.1"), ("CR in the target", b"GET /a\rb HTTP/1.1"),
            ("NUL in the target", b"GET /a\x00b HTTP/1.1"), ("8 KiB", b"GET /" + b"a" * 8180 + b" HTTP/1.1"),
            ("9 KiB", b"GET /" + b"a" * 9300 + b" HTTP/1.1")):
        case(f, name, line + b"\r\nHost: h\r\n\r\n")
    f = "targets"
    for name, target in (
            ("absolute", b"http://h/a"), ("absolute, another host", b"http://evil/a"), ("absolute, capitals", b"HTTP://H/a"),
            ("absolute without a path", b"http://h"), ("absolute with a query only", b"http://h?x=1"), ("absolute, https", b"https://h/a"),
            ("absolute with a user", b"http://u@h/a"), ("absolute with a port", b"http://h:80/a"), ("absolute, another scheme", b"ftp://h/a"),
            ("absolute without a host", b"http:///a"), ("absolute, backslash", b"http://h\\@evil/a"), ("absolute, fragment", b"http://h/a#b"),
            ("authority", b"h:80"), ("star", b"*"), ("no slash", b"a"), ("query only", b"?x"), ("two slashes (CVE-2025-29914)", b"//evil/a"),
            ("three slashes", b"///a"), ("backslash", b"\\a"), ("backslash inside", b"/a\\b"), ("dot segments", b"/a/../b"),
            ("encoded slash (CVE-2021-29492)", b"/a%2fb"), ("encoded backslash (CVE-2021-29492)", b"/a%5cb"), ("encoded dots (CVE-2019-9901)", b"/a/%2e%2e/b"),
            ("parameter", b"/a;b=c/d"), ("double encoding (CVE-2024-1019)", b"/a%253f/b"), ("a question mark, encoded (CVE-2024-1019)", b"/a%3fb"),
            ("encoded NUL", b"/a%00b"), ("encoded CR LF", b"/a%0d%0ab"), ("half an escape", b"/a%2"), ("no escape", b"/a%zz"), ("fragment", b"/a#b"),
            ("UTF-8", "/é".encode()), ("Latin-1", b"/\xe9"), ("overlong", b"/%c0%ae%c0%ae/a"), ("fullwidth", "/．．/a".encode()), ("quotes", b"/\"'<>"),
            ("braces", b"/{a}|^`"), ("two question marks", b"/a?b?c"), ("an empty query", b"/a?"), ("brackets in a query", b"/a?b[]=1&b[]=2"),
            ("semicolons in a query", b"/a?b=1;c=2"), ("a raw hash in a query", b"/a?b#c"), ("a URL in a query", b"/a?u=http://x/../y//z"),
            ("plus and blanks", b"/a?b=c+d%20e"), ("colon", b"/a:b"), ("a scheme in the path", b"/http://x/a"), ("at", b"/@a/b")):
        case(f, name, head(b"GET", target))
        if name in ("star", "absolute without a path", "absolute with a query only"):
            case(f, name + ", OPTIONS", head(b"OPTIONS", target))
    f = "hosts"
    case(f, "none", head(host=None))
    case(f, "twice", head(b"GET", b"/a", b"HTTP/1.1", b"Host: h"))
    case(f, "twice and different", head(b"GET", b"/a", b"HTTP/1.1", b"Host: evil"))
    case(f, "folded name beside it", head(b"GET", b"/a", b"HTTP/1.1", b"Ho_st: evil", b"HOST_: x"))
    for value in (b"", b"h:80", b"h:", b"h:x", b"h:99999999", b"u@h", b"h/a", b"h, evil", b"h evil", b"[::1]", b"[::1]:80", b"[::1", b"::1", b"h\\evil",
                  b"h#x", b"h?x", b"127.0.0.1", b"h%00", b"\xc3\xa9", b"h\x0bevil", b"h..", b"-h", b"a_b", b"%68", b"h;x", b"http://h"):
        case(f, repr(value), head(host=b"Host: " + value))
    case(f, "absolute 1.0 without a host", head(b"GET", b"http://h/a", b"HTTP/1.0", host=None))
    case(f, "absolute 1.1 without a host", head(b"GET", b"http://h/a", host=None))

    # Connection options, upgrades, tunnels, expectations.
    f = "connection"
    case(f, "CONNECT (CVE-2025-64763)", head(b"CONNECT", b"h:80") + SMUGGLED)
    case(f, "CONNECT with a path", head(b"CONNECT", b"/a") + SMUGGLED)
    case(f, "CONNECT without a host", head(b"CONNECT", b"h:80", host=None) + SMUGGLED)
    case(f, "CONNECT with a body", head(b"CONNECT", b"h:80", b"HTTP/1.1", cl + b"3") + b"abc" + SMUGGLED)
    case(f, "connect in lower case", head(b"connect", b"/a") + NEXT)
    case(f, "Upgrade before 101 (CVE-2026-2833)", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: upgrade", b"Upgrade: websocket") + SMUGGLED)
    case(f, "Upgrade with a body (CVE-2026-2833)", post(b"Connection: upgrade", b"Upgrade: websocket", cl + b"3", body=b"abc") + SMUGGLED)
    case(f, "Upgrade to h2c", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__") + NEXT)
    case(f, "Upgrade to TLS", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: Upgrade", b"Upgrade: TLS/1.0"))
    case(f, "Upgrade unnamed", head(b"GET", b"/a", b"HTTP/1.1", b"Upgrade: websocket"))
    case(f, "Upgrade to two", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: upgrade", b"Upgrade: websocket, h2c"))
    case(f, "two Upgrade fields", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: upgrade", b"Upgrade: websocket", b"Upgrade: h2c"))
    case(f, "Upgrade in 1.0", head(b"GET", b"/a", b"HTTP/1.0", b"Connection: upgrade", b"Upgrade: websocket"))
    case(f, "a sound WebSocket handshake", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="))
    case(f, "HTTP/2 preface on its own", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    case(f, "HTTP/2 preface behind a request", head() + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    for name, option in (("Authorization", b"Authorization"), ("Cookie", b"Cookie"), ("an own field", b"X-Hop"), ("Content-Type", b"Content-Type"),
                         ("Host", b"Host"), ("close and a name", b"close, X-Hop"), ("a name folded", b"X_Hop")):
        case(f, f"names {name}", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: " + option, b"X-Hop: 1", b"X_Hop: 2", b"Authorization: b", b"Cookie: c=d", b"Content-Type: a/b"))
    case(f, "40 options", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: " + b", ".join(b"x-%d" % it for it in range(40)), b"X-1: a", b"X-39: b"))
    case(f, "33rd option of several fields", head(b"GET", b"/a", b"HTTP/1.1", *[b"Connection: x-%d" % it for it in range(40)], b"X-39: b"))
    case(f, "close, then a request", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: close") + SMUGGLED)
    case(f, "keep-alive and close", head(b"GET", b"/a", b"HTTP/1.1", b"Connection: keep-alive, close") + SMUGGLED)
    case(f, "hop-by-hop fields", head(b"GET", b"/a", b"HTTP/1.1", b"TE: trailers", b"Trailer: X", b"Keep-Alive: timeout=5", b"Proxy-Connection: keep-alive", b"Proxy-Authorization: x", b"Proxy: http://evil", b"Te_: x"))
    f = "expect"
    case(f, "plain", post(b"Expect: 100-continue", cl + b"3", body=b"abc") + NEXT)
    case(f, "body later", post(b"Expect: 100-continue", cl + b"3"), b"abc" + NEXT)
    case(f, "0.CL: no body", head(b"GET", b"/a", b"HTTP/1.1", b"Expect: 100-continue") + NEXT)
    case(f, "0.CL: length of a GET", head(b"GET", b"/a", b"HTTP/1.1", b"Expect: 100-continue", cl + b"%d" % len(SMUGGLED)) + SMUGGLED)
    case(f, "obfuscated", post(b"Expect: y 100-continue", cl + b"%d" % len(SMUGGLED), body=SMUGGLED))
    case(f, "unknown", post(b"Expect: cake", cl + b"3", body=b"abc"))
    case(f, "capitals", post(b"EXPECT: 100-CONTINUE", cl + b"3", body=b"abc"))
    case(f, "twice", post(b"Expect: 100-continue", b"Expect: 100-continue", te, body=b"3\r\nabc\r\n" + chunks))
    case(f, "body never", post(b"Expect: 100-continue", cl + b"%d" % len(SMUGGLED)))
    f = "unread body"
    case(f, "a long body and a next request (CVE-2025-4366)", post(cl + b"70000", body=b"a" * 70000) + NEXT)
    case(f, "a refused body and a next request (CVE-2025-4366)", post(cl + b"3", te, body=b"abc" + NEXT))
    case(f, "half a body, then nothing", post(cl + b"1000", body=SMUGGLED))
    case(f, "half a streamed body", post(b"Content-Type: application/octet-stream", cl + b"1000", body=SMUGGLED))
    case(f, "half a streamed body in chunks", post(b"Content-Type: application/octet-stream", te, body=b"25\r\n" + SMUGGLED + b"\r\n"))
    case(f, "request after an error", b"GET /a HTTP/1.1\r\nHost: a b\r\n\r\n" + SMUGGLED)
    case(f, "request after a long target", head(b"GET", b"/" + b"a" * 9000) + SMUGGLED)

    # Claims of origin, in every spelling that CGI folds.
    f = "origin"
    case(f, "every claim", head(b"GET", b"/a", b"HTTP/1.1", *[it + b": 6.6.6.6" for it in (
        b"X-Forwarded-For", b"x_forwarded_for", b"X-FORWARDED_FOR", b"X-Forwarded-Host", b"X-Forwarded-Proto", b"X-Forwarded-Port", b"X-Forwarded-Prefix",
        b"X_Forwarded_Server", b"Forwarded", b"Via", b"X-Real-IP", b"X_Real_IP", b"True-Client-IP", b"X-Client-IP", b"X-Cluster-Client-IP", b"CF-Connecting-IP")]))
    case(f, "not quite claims", head(b"GET", b"/a", b"HTTP/1.1", b"X-Forwarded: 1", b"XForwardedFor: 1", b"X-Forwarded.For: 1", b"Forwarded-For: 1"))
    case(f, "rewriting fields (CVE-2023-27487)", head(b"GET", b"/a", b"HTTP/1.1", b"X-Envoy-Original-Path: /b", b"X-Original-URL: /c", b"X-Rewrite-URL: /d", b"X-HTTP-Method-Override: PUT"))

    # Fields of one value, twice.
    f = "repeated fields"
    for field in (b"Authorization: Bearer a", b"Content-Type: application/json", b"Cookie: a=b", b"User-Agent: x", b"Content-Encoding: gzip", b"Range: bytes=0-1", b"If-None-Match: x", b"X-HTTP-Method-Override: PUT", b"X-Own: 1"):
        case(f, field.split(b":")[0].decode(), post(field, field + b"2", cl + b"2", body=b"{}"))

    # Many and much.
    f = "limits"
    for count in (100, 127, 128, 1000):
        case(f, f"{count} fields", head(b"GET", b"/a", b"HTTP/1.1", *[b"x-%d: 1" % it for it in range(count - 1)]))
    for size in (8000, 16000, 30000, 33000, 65536):
        case(f, f"a field of {size}", head(b"GET", b"/a", b"HTTP/1.1", b"X: " + b"a" * size))
    case(f, "a body of 1 MiB", post(cl + b"1048576", body=b"a" * 1048576) + NEXT)
    case(f, "a body over 1 MiB, streamed", post(cl + b"1500000", body=b"a" * 1500000) + NEXT)
    case(f, "chunks over 1 MiB, streamed", post(te, body=(b"40000\r\n" + b"b" * 0x40000 + b"\r\n") * 6 + chunks) + NEXT)
    case(f, "a GET with a streamed body", head(b"GET", b"/a", b"HTTP/1.1", b"Content-Type: application/octet-stream", te) + b"3\r\n\x01\x02\x03\r\n" + chunks + NEXT)

    # Keep-alive and pipelines: the second request is the second request.
    f = "pipelines"
    case(f, "three", head() + head(b"PUT", b"/b", b"HTTP/1.1", cl + b"2") + b"xy" + NEXT)
    case(f, "a body that looks like a request", post(cl + b"%d" % len(SMUGGLED), body=SMUGGLED) + NEXT)
    case(f, "chunks that look like a request", post(te, body=b"%x\r\n" % len(SMUGGLED) + SMUGGLED + b"\r\n" + chunks) + NEXT)
    case(f, "HEAD, then GET", head(b"HEAD") + NEXT)
    case(f, "a good one, then a bad one", head() + b"GET /b HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n" + SMUGGLED)
    case(f, "ten", head() * 10)
    case(f, "a GET with a body, then another", (head(b"GET", b"/a", b"HTTP/1.1", cl + b"3") + b"abc") * 3)
    case(f, "in pieces", b"GET /a HT", b"TP/1.1\r\nHo", b"st: h\r", b"\n\r", b"\n" + NEXT)
    case(f, "second in another piece", head(), NEXT)
    return found


SPECIAL = [bytes([it]) for it in (*range(0x00, 0x21), 0x7F, 0x80, 0x85, 0xA0, 0xAD, 0xFF)] + [
    b"\r\n", b"\r\n ", b"\r\n\t", b"\n ", b"\r\n\r\n", b"\xc2\x85", b"\xe2\x80\xa8", b"\xc4\x8a", b"\xe5\x98\x8a", b"\xef\xbb\xbf",
    b",", b";", b'"', b"'", b"+", b"-", b"_", b"0x", b"0", b":", b"\\", b"\\\r\n", b"%0d%0a", b"%00", b"#", b"?", b"/", b"(", b"=", b"*"]

# One message with a body in each framing; `@n@` marks where a special byte may go.
LENGTH = (b"@a@POST@b@ @c@/p@d@?q=1@e@ @f@HTTP/1.1@g@\r\n@h@Host@i@:@j@ h@k@\r\n@l@X-A@m@: v@n@w@o@\r\n"
          b"@p@Content-@q@Length@r@:@s@ @t@2@u@4@v@\r\n@w@\r\n@x@GET /smuggled HTTP/1.1\r\n@y@")
CHUNKS = (b"POST /c HTTP/1.1\r\nHost: h\r\n@a@Transfer-@b@Encoding@c@:@d@ @e@chun@f@ked@g@\r\n@h@X: y\r\n@i@\r\n"
          b"@j@1@k@8@l@\r@m@\n@n@GET /smuggled HTTP/1.1@o@\r\n@p@\r@q@\n@r@0@s@\r@t@\n@u@T@v@: 1@w@\r\n@x@\r\n@y@")


def special_bytes():
    """Technique x special byte: each byte sequence at each place of each framing."""
    found = []
    for name, template in (("length", LENGTH), ("chunks", CHUNKS)):
        places = template.split(b"@")[1::2]
        plain = template.split(b"@")[0::2]
        for index, place in enumerate(places):
            for byte in SPECIAL:
                wire = b"".join(text + (byte if at == index else b"") for at, text in enumerate(plain))
                found.append(Case(f"special: {name} {place.decode()} {byte!r}", "special bytes", wire + NEXT, "special"))
    return found


def mutations(rng, count, sound):
    """Sound messages with one to three random faults."""
    found = []
    for number in range(count):
        wire = bytearray(rng.choice(sound).sent()[:1500])
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            mutate(rng, wire)
        found.append(Case(f"mutation {number}", "mutations", bytes(wire) + rng.choice((b"", NEXT)), "mutation"))
    return found


def mutate(rng, wire):
    # Most faults of framing lie in heads.
    end = wire.find(b"\r\n\r\n") + 4 if rng.random() < 0.7 else len(wire)
    if not wire:
        return
    at = rng.randrange(min(max(1, end), len(wire)))
    kind = rng.randrange(12)
    if kind == 0:
        wire[at] = rng.randrange(256)
    elif kind == 1:
        wire[at:at] = rng.choice(SPECIAL)
    elif kind == 2:
        del wire[at:at + rng.choice((1, 1, 2, 5))]
    elif kind == 3:
        wire[at] ^= 1 << rng.randrange(8)
    elif kind in (4, 5, 6):
        lines = bytes(wire).split(b"\r\n")
        one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
        if kind == 4:
            lines.insert(one, lines[two])
        elif kind == 5:
            lines[one], lines[two] = lines[two], lines[one]
        else:
            del lines[one]
        wire[:] = b"\r\n".join(lines)
    elif kind == 7:
        digits = [at for at, byte in enumerate(wire) if 0x30 <= byte <= 0x39]
        if digits:
            wire[rng.choice(digits)] = rng.choice(b"0123456789abcdefA-+,")
    elif kind == 8:
        field = rng.choice((b"Content-Length: 3", b"Transfer-Encoding: chunked", b"Content-Length: 0", b"Connection: close", b"Host: evil",
                            b"Transfer-Encoding: identity", b"Expect: 100-continue", b"Upgrade: h2c", b"TE: trailers", b"X-Ordinary: 1", b"Accept: */*"))
        where = bytes(wire).find(b"\r\n")
        wire[where:where] = b"\r\n" + field
    elif kind == 9:
        where = bytes(wire).rfind(b"\r\n", 0, at + 2)
        if where >= 0:
            wire[where:where + 2] = rng.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n ", b"\r\n\r\n"))
    elif kind == 10:
        wire[at:at + 1] = bytes(wire[at:at + 1]).swapcase()
    else:
        del wire[at:]


def lawful(rng, count):
    """Requests that the grammar allows, in the variety that clients have."""
    found = []
    for number in range(count):
        wires = [lawful_one(rng) for _ in range(rng.choice((1, 1, 1, 1, 2, 3)))]
        whole = b"".join(wires)
        if rng.random() < 0.15:
            cut = rng.randrange(1, len(whole))
            wire = [whole[:cut], whole[cut:]]
        else:
            wire = whole
        found.append(Case(f"lawful {number}", "lawful", wire, "lawful"))
    return found


def lawful_one(rng):
    method = rng.choice((b"GET", b"GET", b"POST", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"PROPFIND", b"REPORT", b"M-SEARCH", b"LOCK"))
    segments = rng.choices((b"orders", b"v1", b"17", b"caf%C3%A9", b"a.b", b"~me", b"a-b_c", b"x:y", b"@scope", b"(1)", b"%20", b"a+b", b"!$&'*,=", b"img.png"), k=rng.randrange(5))
    target = b"/" + b"/".join(segments)
    query = rng.choice((b"", b"", b"?a=1", b"?a=1&b=2&a=3", b"?q=%20x+y", b"?", b"?a[]=1&a[]=2", b"?x", b"?u=https://h/p?z", b"?j={%22a%22:1}", b"?e=%C3%A9&f=;", b"?p=a/b:c@d!$'()*,"))
    target += query
    host = rng.choice((b"h", b"example.com", b"example.com:8080", b"127.0.0.1", b"[::1]:80", b"a-b.c", b"localhost"))
    is_old = rng.random() < 0.06
    version = b"HTTP/1.0" if is_old else b"HTTP/1.1"
    if rng.random() < 0.06:
        target = b"http://" + host + target
    fields = [rng.choice((b"Host", b"host", b"HOST")) + b":" + rng.choice((b" ", b"", b"\t", b"  ")) + host]
    for _ in range(rng.randrange(7)):
        fresh = rng.choice((
            b"Accept: */*", b"accept: application/json, text/*;q=0.5", b"User-Agent: tester/1.0 (x; y)", b"X-Empty:", b"X-Blank:   ", b"X-Pad: \t a \t ",
            b"Cookie: a=b; c=d", b"Cookie: sid=%31; theme=\"x\"", b"Authorization: Bearer a.b-c_d", b"X-Obs: caf\xe9 \xc3\xa9", b"X-Quoted: \"a\\\"b\", 'c'",
            b"Accept-Language: de-DE,de;q=0.9", b"If-None-Match: W/\"x\", \"y\"", b"Range: bytes=0-99", b"Referer: http://h/a?b#c", b"Origin: null", b"X-Colon: a:b:c",
            b"X_Under: 1", b"x!#$%&'*+.^`|~: token", b"X-Long: " + b"v" * rng.choice((10, 500, 3000)), b"DNT: 1", b"Cache-Control: no-cache", b"X-Same: 1", b"x-same: 2",
            b"Via: 1.1 x", b"X-Forwarded-For: 9.9.9.9", b"TE: trailers", b"Keep-Alive: timeout=3", b"Traceparent: 00-aa-bb-01", b"Content-Language: en"))
        # Few fields may be repeated (RFC 9110 section 5.3).
        name = fresh.split(b":")[0].lower()
        if name in (b"x-same", b"accept", b"cache-control") or name not in (it.split(b":")[0].lower() for it in fields):
            fields.append(fresh)
    body, wire_body = b"", b""
    is_chunked = False
    if method in (b"POST", b"PUT", b"PATCH") or rng.random() < 0.12:
        kind, body = rng.choice(((b"application/json", b'{"a": [1, 2.5e3, "\xc3\xa9"], "b": null}'), (b"application/x-www-form-urlencoded", b"a=1&b=%20+x"),
                                 (b"text/plain; charset=utf-8", b"line one\r\nline two\r\n\r\n"), (None, b""), (None, b"abc"), (b"application/json", b"[]"),
                                 (b"application/octet-stream", bytes(range(256))), (b"multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--b--\r\n"),
                                 (b"application/json", b'{"k":"' + b"z" * rng.choice((0, 900, 20000)) + b'"}'), (b"text/plain", SMUGGLED), (b"text/plain", b"0\r\n\r\n")))
        if kind:
            fields.append(rng.choice((b"Content-Type: ", b"content-type:")) + kind)
        is_chunked = not is_old and rng.random() < 0.45
        if is_chunked:
            fields.append(rng.choice((b"Transfer-Encoding: chunked", b"transfer-encoding:chunked", b"Transfer-Encoding: \tChunked ")))
            wire_body = chunked(rng, body)
        else:
            fields.append(b"Content-Length: " + rng.choice((b"", b"", b"00")) + b"%d" % len(body))
            wire_body = body
        if rng.random() < 0.08:
            fields.append(b"Expect: 100-continue")
    if rng.random() < 0.1:
        fields.append(rng.choice((b"Connection: keep-alive", b"Connection: Keep-Alive, TE", b"Connection: x-hop\r\nX-Hop: 1", b"connection:")))
    if is_old:
        fields.append(b"Connection: keep-alive")
    rng.shuffle(fields)
    return method + b" " + target + b" " + version + b"\r\n" + b"\r\n".join(fields) + b"\r\n\r\n" + wire_body


def chunked(rng, body):
    wire, at = b"", 0
    while at < len(body):
        size = min(rng.choice((1, 2, 7, 50, 5000)) if len(body) < 2000 else 7000, len(body) - at)
        digits = rng.choice((b"%x", b"%X", b"0%x", b"000%x")) % size
        wire += digits + rng.choice((b"", b"", b"", b";a", b";a=b", b';a="b c"', b";a=b;c=d")) + b"\r\n" + body[at:at + size] + b"\r\n"
        at += size
    return wire + rng.choice((b"0", b"000", b"0;last")) + b"\r\n" + rng.choice((b"", b"", b"", b"X-Trailer: 1\r\n", b"Content-MD5: x\r\nX: y\r\n")) + b"\r\n"


def build(seed, quick=False):
    """The whole corpus. `quick` keeps every named case and a part of the rest."""
    rng = random.Random(seed)
    fixed, special = named(), special_bytes()
    good = lawful(rng, 1900)
    faulty = mutations(rng, 1700, good + fixed)
    if quick:
        special, good, faulty = rng.sample(special, 250), good[:250], faulty[:150]
    else:
        special = rng.sample(special, 2600)
    rest = special + good + faulty
    rng.shuffle(rest)
    return fixed + rest
