"""A strict reader of HTTP/1 messages: the oracle. It knows nothing of the product.

Reads    bytes; `requests` a stream of requests, `responses` a stream of responses.
Writes   messages, what is left over, and why reading stopped.
Errors   none: hostile input is what it is for.
Source   RFC 9112 sections 2 to 7, RFC 9110 sections 5 and 7.2, RFC 3986 section 3.2.
Misses   nothing on purpose, but see `Rules`: two leniencies, each with its reason.
"""

import re
from dataclasses import dataclass, field

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
# Clients send `|`, `{`, quotes and `#` as they are although RFC 3986 has them escaped, and no framing
# hangs on them: see `is_uri`. Bytes beyond ASCII are blanks and line ends to some, and have no place.
REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([\x21-\x7e]+) HTTP/(1\.[01])\Z")
RAW_REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([\x21-\x7e\x80-\xff]+) HTTP/(1\.[01])\Z")
FIELD_LINE = re.compile(rb"(" + TOKEN + rb"):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*\Z")
STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) ([1-5][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?\Z")
QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"'
EXTENSION = rb"[ \t]*;[ \t]*" + TOKEN + rb"(?:[ \t]*=[ \t]*(?:" + TOKEN + rb"|" + QUOTED + rb"))?"
SIZE_LINE = re.compile(rb"([0-9A-Fa-f]+)((?:" + EXTENSION + rb")*)\Z")
LOOSE_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]+)(;[\t\x20-\x7e]*)?\Z")
REG_NAME = rb"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|" + REG_NAME + rb")(?::[0-9]*)?\Z")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
ABSOLUTE = re.compile(rb"(https?)://([^/?#]*)([^#].*)?\Z", re.I | re.S)
URI = re.compile(rb"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*\Z")


@dataclass
class Request:
    """One request as this grammar reads it."""

    method: bytes
    target: bytes
    version: bytes
    fields: list
    body: bytes = b""
    framing: str = "none"  # none | length | chunked
    authority: bytes | None = None
    sent_target: bytes = b""
    trailers: list = field(default_factory=list)

    def values(self, name):
        return [value for key, value in self.fields if key.lower() == name]

    def options(self):
        """The options of `Connection`, in lower case."""
        every = b",".join(self.values(b"connection")).split(b",")
        return [it.strip(b" \t").lower() for it in every if it.strip(b" \t")]

    def keeps_alive(self):
        if self.version == b"1.0":
            return b"keep-alive" in self.options()
        return b"close" not in self.options()


@dataclass
class Response:
    """One response."""

    status: int
    fields: list
    body: bytes = b""
    closes: bool = False

    def value(self, name):
        return next((value for key, value in self.fields if key.lower() == name), None)


@dataclass
class Stream:
    """What was read: complete messages, the rest, and `clean`, `more` or `bad`."""

    messages: list
    rest: bytes
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Rules:
    """`extensions`: a chunk extension may be any printable text. Clients' extensions never go
    further, so only the end of their line matters; what is forwarded may have none at all."""

    loose_extensions: bool = True
    is_forwarded: bool = False
    # Reads on behind a target with bytes beyond ASCII, which is told apart: one fault, one difference.
    raw_targets: bool = False


class Bad(Exception):
    pass


class More(Exception):
    pass


def requests(data, rules=Rules()):
    """Every request in `data`."""
    at, found = 0, []
    while at < len(data):
        try:
            start = at
            if data[at:at + 2] == b"\r\n" and not rules.is_forwarded:
                start = at + 2  # RFC 9112 section 2.2: at least one empty line is ignored
                if start == len(data):
                    return Stream(found, b"", "clean")
            message, at = request(data, start, rules)
            found.append(message)
        except More:
            return Stream(found, data[at:], "more", "incomplete")
        except Bad as why:
            return Stream(found, data[at:], "bad", str(why))
    return Stream(found, b"", "clean")


def request(data, at, rules):
    line, at = take_line(data, at)
    match = (RAW_REQUEST_LINE if rules.raw_targets else REQUEST_LINE).match(line)
    if not match:
        raise Bad("request line")
    method, target, version = match.groups()
    fields, at = take_fields(data, at)
    message = Request(method, target, version, fields, sent_target=target)
    set_target(message)
    set_framing(message)
    if rules.is_forwarded and (version != b"1.1" or target != message.target):
        raise Bad("not in the form that is forwarded")
    if message.framing == "length":
        length = int(message.values(b"content-length")[0])
        if len(data) - at < length:
            raise More
        message.body = data[at:at + length]
        at += length
    elif message.framing == "chunked":
        message.body, message.trailers, at = take_chunks(data, at, rules)
    return message, at


def set_target(message):
    hosts = message.values(b"host")
    if len(hosts) > 1 or (not hosts and message.version == b"1.1"):
        raise Bad("host missing or repeated")
    if hosts and not HOST.match(hosts[0]):
        raise Bad("host malformed")
    message.authority = hosts[0] if hosts else None
    if message.method == b"CONNECT":
        raise Bad("connect")
    if message.target.startswith(b"/") or (message.target == b"*" and message.method == b"OPTIONS"):
        return
    absolute = ABSOLUTE.match(message.target)
    if not absolute or not absolute[2] or not HOST.match(absolute[2]):
        raise Bad("target form")
    message.authority = absolute[2]
    rest = absolute[3] or b""
    if not rest and message.method == b"OPTIONS":
        message.target = b"*"  # RFC 9112 section 3.2.4
    else:
        message.target = rest if rest.startswith(b"/") else b"/" + rest


def set_framing(message):
    lengths, codings = message.values(b"content-length"), message.values(b"transfer-encoding")
    if codings:
        if lengths or message.version == b"1.0" or len(codings) > 1:
            raise Bad("two framings")
        if codings[0].lower() != b"chunked":
            raise Bad("coding unknown")
        message.framing = "chunked"
    elif lengths:
        if len(lengths) > 1 or not re.fullmatch(rb"[0-9]+", lengths[0]):
            raise Bad("length malformed")
        message.framing = "length"


def take_line(data, at):
    end = data.find(b"\n", at)
    if end < 0:
        if re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data[at:]) or b"\r" in data[at:-1]:
            raise Bad("control byte")
        raise More
    if end == at or data[end - 1] != 0x0D:
        raise Bad("bare LF")
    return data[at:end - 1], end + 1


def take_fields(data, at):
    fields = []
    while True:
        line, at = take_line(data, at)
        if not line:
            return fields, at
        match = FIELD_LINE.match(line)
        if not match:
            raise Bad("field line")
        fields.append(match.groups())


def take_chunks(data, at, rules):
    body = []
    while True:
        line, at = take_line(data, at)
        match = SIZE_LINE.match(line)
        if not match and rules.loose_extensions:
            match = LOOSE_SIZE_LINE.match(line)
        if not match or (rules.is_forwarded and match[2]):
            raise Bad("chunk size")
        size = int(match[1], 16)
        if size == 0:
            trailers, at = take_fields(data, at)
            if rules.is_forwarded and trailers:
                raise Bad("trailers")
            return b"".join(body), trailers, at
        if len(data) - at < size + 2:
            if not b"\r\n".startswith(data[at + size:at + size + 2]):
                raise Bad("chunk end")
            raise More
        if data[at + size:at + size + 2] != b"\r\n":
            raise Bad("chunk end")
        body.append(data[at:at + size])
        at += size + 2


def responses(data, methods=(), closed=False):
    """Every response in `data`, to requests with these methods. `100 Continue` is passed over."""
    at, found = 0, []
    while at < len(data):
        try:
            method = methods[len(found)] if len(found) < len(methods) else b"GET"
            message, at = response(data, at, method, closed)
            if message.status >= 200 or message.status == 101:
                found.append(message)
        except More:
            return Stream(found, data[at:], "more", "incomplete")
        except Bad as why:
            return Stream(found, data[at:], "bad", str(why))
    return Stream(found, b"", "clean")


def response(data, at, method, closed):
    line, at = take_line(data, at)
    match = STATUS_LINE.match(line)
    if not match:
        raise Bad("status line")
    fields, at = take_fields(data, at)
    message = Response(int(match[2]), fields)
    if method == b"HEAD" or message.status < 200 or message.status in (204, 304):
        return message, at
    coding, length = message.value(b"transfer-encoding"), message.value(b"content-length")
    if coding is not None:
        message.body, _, at = take_chunks(data, at, Rules())
    elif length is not None and length.isdigit():
        if len(data) - at < int(length):
            raise More
        message.body = data[at:at + int(length)]
        at += int(length)
    elif not closed:
        raise More
    else:
        message.body, at, message.closes = data[at:], len(data), True
    return message, at


def is_uri(target):
    """Whether every byte of a target is one that RFC 3986 allows in a path or query."""
    return bool(URI.match(target))
