"""A request with a place in it for one value, and how it is written on the wire."""

import gzip
import html
import json
import re
import zlib
from dataclasses import dataclass, field, replace
from urllib.parse import quote

URL_PLACES = frozenset(("query", "path", "form", "cookie"))


@dataclass(frozen=True)
class Part:
    """One part of a multipart body; `filename` is None for a field."""
    name: str
    value: str
    filename: str = None
    kind: str = None


@dataclass(frozen=True)
class Message:
    method: str
    path: str
    # Names and values as the application gets them.
    query: tuple
    headers: tuple
    # none, form, json, multipart, xml, text
    kind: str
    content: object
    # ("query", 1), ("path",), ("header", name), ("cookie", name), ("form", 0), ("json", "a", 0, "b"), ("multipart", 1), ("xml",), ("body",)
    place: tuple
    value: str
    cookies: tuple = ()
    # How the value is written in its place.
    writer: str = "plain"
    framing: frozenset = field(default_factory=frozenset)
    charset: str = ""
    coding: str = ""
    content_type: str = ""

    @property
    def where(self):
        return self.place[0]

    def header(self, name):
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)


class Impossible(Exception):
    """The value cannot stand in this place."""


def percent_every(text, _):
    return "".join(f"%{it:02x}" for it in text.encode("utf-8", "surrogatepass"))


def percent_u(text, _):
    return "".join(c if c.isascii() and c.isalnum() else f"%u{ord(c):04x}" if ord(c) < 0x10000 else quote(c, safe="") for c in text)


def overlong(text, _):
    return "".join(f"%{0xc0 | ord(c) >> 6:02x}%{0x80 | ord(c) & 0x3f:02x}" if c.isascii() and not c.isalnum() else quote(c, safe="") for c in text)


def overlong_three(text, _):
    return "".join(f"%e0%{0x80 | ord(c) >> 6:02x}%{0x80 | ord(c) & 0x3f:02x}" if c.isascii() and not c.isalnum() else quote(c, safe="") for c in text)


def percent_plain(text, _):
    return quote(text, safe="", errors="surrogatepass")


def percent_little(text, place):
    """Only what would end the value, as by hand."""
    spared = "!$'()*,;:@/?-_.~<>[]{}|\\^`=\"" if place == "form" else "!$'()*,;:@/?-_.~="
    spared = spared.replace(";", "").replace("?", "").replace("/", "") if place in ("cookie", "path") else spared
    return quote(text, safe=spared, errors="surrogatepass").replace("%20", "+" if place in ("query", "form") else "%20")


URL_WRITERS = {"plain": percent_plain, "every": percent_every, "u": percent_u, "overlong": overlong, "overlong-three": overlong_three, "little": percent_little}


def json_text(text, writer):
    if writer == "escapes":
        return '"' + "".join(f"\\u{unit:04x}" for unit in units(text)) + '"'
    if writer == "some-escapes":
        return '"' + "".join(f"\\u{unit:04X}" if at % 3 == 0 or chr(unit) in "\"\\" or unit < 32 or unit > 126 else chr(unit) for at, unit in enumerate(units(text))) + '"'
    if writer == "solidus":
        return json.dumps(text, ensure_ascii=False).replace("/", "\\/")
    return json.dumps(text, ensure_ascii=False)


def units(text):
    packed = text.encode("utf-16-be", "surrogatepass")
    return [packed[at] << 8 | packed[at + 1] for at in range(0, len(packed), 2)]


def xml_text(text, writer):
    if not re.fullmatch(r"[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", text):
        raise Impossible
    if writer == "references":
        return "".join(f"&#x{ord(c):x};" if at % 2 else f"&#{ord(c)};" for at, c in enumerate(text))
    if writer == "cdata":
        return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    if writer == "comments":
        cut = len(text) // 2
        return html.escape(text[:cut], quote=False) + "<!-- x -->" + html.escape(text[cut:], quote=False)
    return html.escape(text, quote=False)


def url_pairs(pairs, chosen, value, writer, where):
    written = []
    for at, (name, known) in enumerate(pairs):
        text = URL_WRITERS[writer](value, where) if at == chosen else quote(known, safe="")
        written.append(f"{quote(name, safe='[]$._-')}={text}")
    return "&".join(written)


def json_with(content, place, value, writer):
    """The document with the value in its place; `Pairs` keeps members that stand there twice."""
    mark = "\ue000place\ue000"

    def put(node, steps):
        if not steps:
            return mark
        if isinstance(node, Pairs):
            return Pairs([(name, put(it, steps[1:]) if at == steps[0] else it) for at, (name, it) in enumerate(node)])
        if isinstance(node, dict):
            return {name: put(it, steps[1:]) if name == steps[0] else it for name, it in node.items()}
        return [put(it, steps[1:]) if at == steps[0] else it for at, it in enumerate(node)]

    def text(node):
        if isinstance(node, Pairs):
            return "{" + ", ".join(f"{json.dumps(name)}: {text(it)}" for name, it in node) + "}"
        if isinstance(node, dict):
            return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {text(it)}" for name, it in node.items()) + "}"
        if isinstance(node, list):
            return "[" + ", ".join(text(it) for it in node) + "]"
        return json_text(value, writer) if node == mark else json.dumps(node, ensure_ascii=False)

    return text(put(content, place))


class Pairs(list):
    """An object as pairs, for names that stand there twice."""


def utf7(text):
    """Every character that is not a letter or digit shifted, which decoders must take as well as the shortest form."""
    import base64
    return re.sub(r"[^A-Za-z0-9 ]+", lambda it: "+" + base64.b64encode(it[0].encode("utf-16-be", "surrogatepass")).decode().rstrip("=") + "-", text).encode("ascii")


def in_charset(text, charset):
    if not charset:
        return text.encode("utf-8", "surrogatepass")
    if charset == "utf-7":
        return utf7(text)
    try:
        return text.encode(charset)
    except UnicodeEncodeError as error:
        raise Impossible from error


BOUNDARY = "----form5f1e9ac02b7d4c38"


def multipart(message):
    framing = message.framing
    boundary = BOUNDARY if "boundary-odd" not in framing else "a'()+_,-./:=? b"
    lines = []
    if "preamble" in framing:
        lines.append(b"This part is not for you.\r\nIgnore it: --no-boundary\r\n")
    for at, part in enumerate(message.content):
        value = message.value if message.place == ("multipart", at) else part.value
        chosen = message.place == ("multipart", at)
        name = f'"{part.name}"' if "no-quotes" not in framing else part.name
        disposition = f"form-data; name={name}"
        if part.filename is not None:
            disposition += f'; filename="{part.filename}"' if "filename-star" not in framing else f"; filename*=UTF-8''{quote(part.filename)}"
        if chosen and "folded" in framing:
            disposition = disposition.replace("; ", ";\r\n ")
        head = "Content-Disposition" if "head-case" not in framing else "cONTENT-dISPOSITION"
        gap = ": " if "head-blanks" not in framing else ":\t  "
        fields = [f"{head}{gap}{disposition}"]
        if "more-fields" in framing:
            fields.insert(0, "X-Note: form-data; name=\"other\"")
        body = value.encode("utf-8", "surrogatepass")
        if chosen and message.charset:
            body = in_charset(value, message.charset)
            fields.append(f"Content-Type: text/plain; charset={message.charset}")
        elif part.kind:
            fields.append(f"Content-Type: {part.kind}")
        if chosen and "base64-part" in framing:
            import base64
            body = base64.encodebytes(body).replace(b"\n", b"\r\n").rstrip(b"\r\n")
            fields.append("Content-Transfer-Encoding: base64")
        if chosen and "quoted-printable" in framing:
            body = b"".join(b"=%02X" % it for it in body)
            fields.append("Content-Transfer-Encoding: quoted-printable")
        if ("\r\n--" + boundary).encode() in b"\r\n" + body:
            raise Impossible
        tail = "" if "boundary-blanks" not in framing else " \t"
        lines.append(f"--{boundary}{tail}\r\n".encode() + "\r\n".join(fields).encode() + b"\r\n\r\n" + body + b"\r\n")
    lines.append(f"--{boundary}--\r\n".encode())
    if "preamble" in framing:
        lines.append(b"And this is behind the end.\r\n")
    quoted = f'"{boundary}"' if framing & {"boundary-quoted", "boundary-odd"} else boundary
    kind = "multipart/form-data" if "type-case" not in framing else "MULTIPART/Form-Data"
    before = "; charset=utf-8" if "type-parameters" in framing else ""
    return b"".join(lines), f"{kind}{before}; boundary={quoted}"


def written_body(message):
    """The body's bytes and its content type."""
    kind, chosen = message.kind, message.place[1] if len(message.place) > 1 else None
    suffix = f"; charset={message.charset}" if message.charset else ""
    if kind == "none":
        return b"", None
    if kind == "multipart":
        return multipart(message)
    if kind == "form":
        text = url_pairs(message.content, chosen if message.where == "form" else -1, message.value, message.writer, "form")
        return in_charset(text, message.charset), "application/x-www-form-urlencoded" + suffix
    if kind == "json":
        text = json_with(message.content, message.place[1:], message.value, message.writer) if message.where == "json" else json_with(message.content, (-1,), "", "plain")
        return in_charset(text, message.charset), "application/json" + suffix
    if kind == "xml":
        front, back = message.content
        if message.charset:
            front = re.sub(r'encoding="[^"]*"', f'encoding="{message.charset.upper()}"', front)
        return in_charset(front + xml_text(message.value, message.writer) + back, message.charset), "application/xml" + suffix
    text = message.value
    if message.charset:
        text = re.sub(r"encoding=(['\"])[\w-]+\1", f'encoding="{message.charset.upper()}"', text, count=1)
    return in_charset(text, message.charset), (message.header("Content-Type") or "text/plain") + suffix


def row_of(message):
    """Method, target, header fields and body of the message."""
    where, value = message.where, message.value
    path = message.path
    if where == "path":
        # An empty segment and one of dots only would be another path.
        if value.strip(".") == "" or "\0" in value and message.writer == "little":
            raise Impossible
        path += URL_WRITERS[message.writer](value, "path")
    pairs = url_pairs(message.query, message.place[1] if where == "query" else -1, value, message.writer, "query")
    target = path + ("?" + pairs if message.query else "")
    body, content_type = written_body(message)
    if len(target) > 32_000 or len(body) > 200_000:
        raise Impossible
    headers = []
    for name, known in message.headers:
        if name.lower() in ("content-type", "content-encoding"):
            continue
        headers.append([name, value if where == "header" and name == message.place[1] else known])
    if where == "header":
        if not re.fullmatch(r"[!-~](?:[ -~]*[!-~])?", value) or len(value) > 8000:
            raise Impossible
        if not any(name == message.place[1] for name, _ in message.headers):
            headers.append([message.place[1], value])
    if message.cookies:
        written = [f"{name}={URL_WRITERS[message.writer](value, 'cookie') if where == 'cookie' and name == message.place[1] else known}" for name, known in message.cookies]
        if len("; ".join(written)) > 8000:
            raise Impossible
        headers.append(["Cookie", "; ".join(written)])
    if content_type and "type-missing" not in message.framing:
        headers.append(["Content-Type", message.content_type or content_type])
    if message.coding == "gzip":
        body = gzip.compress(body, mtime=0)
    elif message.coding == "deflate":
        body = zlib.compress(body)
    if message.coding:
        headers.append(["Content-Encoding", message.coding])
    return message.method, target, headers, body


def changed(message, **what):
    return replace(message, **what)
