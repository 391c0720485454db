"""Reads corpora of labelled requests and finds the value that is the attack."""

import base64
import collections
import email.parser
import gzip
import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from message import Message, Part

SYNTHETIC = frozenset(("query", "path", "json", "nested", "form", "multipart", "xml", "xml-doc", "gql", "gql-doc", "header", "cookie"))
SCAFFOLD_HEADERS = frozenset(("host", "accept", "x-request-id", "content-type", "cookie"))
SEGMENTS = re.compile(r"(?:/[A-Za-z0-9_-]+)+/\Z")
ONE_TEXT = re.compile(r"\A(?P<front>(?:<\?xml[^>]*\?>)?(?:<[\w:]+>|<[\w:]+>[\w -]*</[\w:]+>)*<[\w:]+>)(?P<text>[^<>]*)(?P<back>(?:</[\w:]+>)+)\Z", re.DOTALL)

# What the lists of a class are about. Their lines are not all attacks: some are code that makes them.
LOOKS = {
    "sqli": r"(?i)['\"]|\b(?:union|select|or|and|sleep|benchmark|waitfor|order by|having)\b",
    "xss": r"(?i)<\w|javascript:|\bon\w+\s*=|(?:alert|prompt|confirm)\s*[(`]",
    "cmdi": r"[;|&`\n]|\$\(|\$\{|system|exec",
    "path-traversal": r"(?i)\.\.|/\w+/|\\\w+|%2e|%c0|:[/\\]|/etc",
    "ssti": r"\{\{.*\}\}|\$\{.*\}|<%.*%>|#\{.*\}|\{%.*%\}|@\(|\*\{|\{.*\}",
    "nosqli": r"\$(?:ne|gt|lt|gte|lte|in|nin|regex|where|or|exists)|this\.|return|;|'\s*\|\|",
    "ldap": r"[()*|&]",
    "ssrf": r"(?i)\A(?:https?|gopher|dict|file|ftp|sftp|tftp|ldap|jar|netdoc|php)://",
    "open-redirect": r"[/\\.:]",
    "xxe": r"<!(?:DOCTYPE|ENTITY)|<xi:|xinclude|<!\[",
    "log4shell": r"\$\{.*jndi|\$\{",
    "crlf": r"(?i)%0[ad]|\r|\n|%e5%98|set-cookie|嘊",
    "deserialization": r"(?i)java|rO0|O:\d|_\$\$|!!|\.net|yaml|pickle|spring|<\w|[\[{]",
    "prototype-pollution": r"__proto__|prototype",
    "xpath": r"['\"]|//",
    "graphql": r"query|mutation|__",
    "csv-injection": r"\A[=+@-]|DDE",
    "latex": r"\\[a-z]",
}
# Lines of scripts around the attacks in Markdown pages.
SCRIPT_LINE = re.compile(r"\A\s*(?:import |from \w+ import|def |for \w+ in |while |if .*:\s*\Z|elif|else\b|print|puts|#!|\w+ ?= ?(?:\[|''|\"|f'|f\"|open|requests|\{)|r = |end\Z|headers|unless|require '|\w+\.append|fields)")


def rows(folder):
    for file in sorted(Path(folder).glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def leaves(node, steps=()):
    if isinstance(node, dict):
        for name, it in node.items():
            yield from leaves(it, (*steps, name))
    elif isinstance(node, list):
        for at, it in enumerate(node):
            yield from leaves(it, (*steps, at))
    elif isinstance(node, str):
        yield steps, node


def candidates(row):
    """(what the place is called, a message with that place and value) for each value that may be the attack."""
    path, _, query = row["path_and_query"].partition("?")
    pairs = tuple(parse_qsl(query, keep_blank_values=True))
    body = base64.b64decode(row["body_b64"] or "")
    headers = tuple((name, value) for name, value in row["headers"] if name.lower() != "cookie")
    kept = dict(method=row["method"], path=path, query=pairs, headers=headers)
    cookies = tuple(tuple(it.split("=", 1)) for name, value in row["headers"] if name.lower() == "cookie" for it in value.split("; ") if "=" in it)
    kind = next((value for name, value in row["headers"] if name.lower() == "content-type"), "").partition(";")[0].lower()
    placement = row["placement"]
    if placement in ("query", "recorded"):
        if body:
            content = tuple(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)) if kind == "application/x-www-form-urlencoded" else None
            if not content:
                return
            for at, (name, value) in enumerate(content):
                yield f"form {name}", Message(**kept, kind="form", content=content, place=("form", at), value=value, cookies=cookies)
            return
        for at, (name, value) in enumerate(pairs):
            yield f"query {name}", Message(**kept, kind="none", content=None, place=("query", at), value=value, cookies=cookies)
    elif placement == "path":
        front, slash, segment = path.rpartition("/")
        if SEGMENTS.fullmatch(front + slash) and segment:
            yield "path", Message(**{**kept, "path": front + slash}, kind="none", content=None, place=("path",), value=unquote(segment))
    elif placement == "header":
        for name, value in headers:
            if name.lower() not in SCAFFOLD_HEADERS:
                yield f"header {name}", Message(**kept, kind="none", content=None, place=("header", name), value=value)
    elif placement == "cookie":
        for name, value in cookies:
            yield f"cookie {name}", Message(**kept, kind="none", content=None, place=("cookie", name), value=unquote(value), cookies=cookies)
    elif placement == "form":
        content = tuple(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        for at, (name, value) in enumerate(content):
            yield f"form {name}", Message(**kept, kind="form", content=content, place=("form", at), value=value)
    elif placement in ("json", "nested", "gql"):
        content = json.loads(body)
        for steps, value in leaves(content):
            yield f"json {steps}", Message(**kept, kind="json", content=content, place=("json", *steps), value=value)
    elif placement in ("xml-doc", "gql-doc"):
        yield "body", Message(**kept, kind="text", content=None, place=("body",), value=body.decode("utf-8"))
    elif placement == "xml":
        it = ONE_TEXT.match(body.decode("utf-8"))
        if it:
            import html
            yield "xml", Message(**kept, kind="xml", content=(it["front"], it["back"]), place=("xml",), value=html.unescape(it["text"]))
    elif placement == "multipart":
        content = parts(row, body)
        for at, part in enumerate(content or ()):
            yield f"multipart {part.name}", Message(**kept, kind="multipart", content=content, place=("multipart", at), value=part.value)


def parts(row, body):
    boundary = re.search(r"boundary=(\S+)", next(value for name, value in row["headers"] if name.lower() == "content-type"))[1]
    found = []
    for piece in (b"\r\n" + body).split(f"\r\n--{boundary}".encode())[1:-1]:
        head, gap, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        fields = email.parser.HeaderParser().parsestr(head.decode("utf-8"))
        found.append(Part(fields.get_param("name", header="content-disposition"), value.decode("utf-8"), fields.get_param("filename", header="content-disposition"), fields["content-type"]))
    return tuple(found)


def is_attack_text(kind, text):
    return kind in LOOKS and bool(text.strip()) and len(text) <= 4000 and bool(re.search(LOOKS[kind], text, re.DOTALL)) and not SCRIPT_LINE.match(text) and "\ufffd" not in text


def parents(folder):
    """(row, message) of each attack whose value was found: of a request's values it is the one that is rarest in its place."""
    found, often = [], collections.Counter()
    for row in rows(folder):
        if row["label"] != "attack" or row["placement"] not in SYNTHETIC | {"recorded"} or row["class"] not in LOOKS:
            continue
        if row["placement"] == "recorded" and row.get("raw"):
            continue
        try:
            messages = list(candidates(row))
        except (ValueError, UnicodeError, StopIteration, TypeError):
            continue
        if row["placement"] == "recorded":
            messages = [it for it in messages if re.search(r"['\"<>;|$(){}]|\.\./", it[1].value)]
            if len(messages) != 1:
                continue
        often.update((row["placement"], name, it.value) for name, it in messages)
        if messages:
            found.append((row, messages))
    for row, messages in found:
        name, message = min(messages, key=lambda it: (often[row["placement"], it[0], it[1].value], -len(it[1].value)))
        if is_attack_text(row["class"], message.value):
            yield row, message
