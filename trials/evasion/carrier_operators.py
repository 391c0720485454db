"""The attack stays as it is, and the request around it changes: encodings, places, framing."""

import base64
import functools
import json
import re
from urllib.parse import quote

from corpus import LOOKS
from message import URL_PLACES, Pairs, Part, changed
from operators import BODY, EVERY, FRAME, MOVE, VALUE, WRITE, Operators
from sql_text import is_sql, joined, tokens

# Documents are the whole body: what is done to a value in a place is not done to them.
DOCUMENTS = frozenset(("graphql",))
operator = Operators(frozenset(LOOKS) - DOCUMENTS)
ALL = operator.all
EVERYTHING = frozenset(LOOKS)
MARKUP = frozenset(("xss", "ssti", "log4shell"))
WORDS = "thanks for the quick answer we would like to order two of them in blue please send the bill to our office as usual and let me know when it leaves".split()


def words(random, length):
    text = []
    while sum(map(len, text)) + len(text) < length:
        text.append(random.choice(WORDS))
    return " ".join(text)


def not_body(change):
    @functools.wraps(change)
    def apply(message, random):
        return None if message.where == "body" else change(message, random)
    return apply


# Encodings of the value as a whole, which the application undoes.

TWICE = "an application that decodes percent signs once more"
@operator("percent-twice", stage=VALUE, needs=TWICE)
def percent_twice(text, random):
    return quote(text, safe="") if not text.isalnum() else None


@operator("percent-thrice", stage=VALUE, needs="an application that decodes percent signs twice more")
def percent_thrice(text, random):
    return quote(quote(text, safe=""), safe="") if not text.isalnum() else None


@operator("percent-every-twice", stage=VALUE, needs=TWICE)
def percent_every_twice(text, random):
    return "".join(f"%{it:02X}" for it in text.encode("utf-8", "surrogatepass"))


@operator("full-width", stage=VALUE, needs="an application or a database that normalises compatible characters")
def full_width(text, random):
    new = "".join(chr(ord(c) + 0xfee0) if "!" <= c <= "~" and (not c.isalnum() or random.random() < 0.3) else c for c in text)
    return new if new != text else None


@operator("html-references", stage=VALUE, needs="an application that decodes HTML's character references")
def html_references(text, random):
    if "&" in text:
        return None
    return "".join(random.choice((f"&#{ord(c)};", f"&#x{ord(c):x};")) if not c.isalnum() or random.random() < 0.2 else c for c in text)


@operator("javascript-escapes", stage=VALUE, needs="an application that decodes JavaScript's escapes")
def javascript_escapes(text, random):
    if "\\" in text or any(ord(c) > 0xff for c in text):
        return None
    return "".join(random.choice((f"\\x{ord(c):02x}", f"\\u{ord(c):04x}")) if not c.isalnum() or random.random() < 0.2 else c for c in text)


@operator("base64", stage=VALUE, needs="an application that decodes base64")
def base64_value(text, random):
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode() if len(text) > 5 else None


@operator("base64-url", stage=VALUE, needs="an application that decodes base64")
def base64_url(text, random):
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=") if len(text) > 5 else None


@operator("hexadecimal", stage=VALUE, needs="an application that decodes hexadecimal numbers")
def hexadecimal(text, random):
    return text.encode("utf-8", "surrogatepass").hex() if len(text) > 5 else None


@operator("json-in-text", stage=VALUE, needs="an application that reads JSON in a text")
def json_in_text(text, random):
    return random.choice((json.dumps({"filter": {"text": text}}), json.dumps([{"id": 7, "note": text}]), json.dumps({"a": 1, "q": text, "z": None}, indent=1)))


@operator("json-in-json-in-text", stage=VALUE, needs="an application that reads JSON in a text, twice")
def json_twice(text, random):
    return json.dumps({"message": json.dumps({"body": text, "n": 1})})


@operator("query-in-text", stage=VALUE, needs="an application that reads a query string in a text")
def query_in_text(text, random):
    return f"{random.choice(('page=2&q=', 'q=', 'https://www.example.com/find?lang=en&q='))}{quote(text, safe='')}&sort=name"


@operator("words-before", MARKUP, stage=VALUE)
def words_before(text, random):
    return words(random, random.choice((64, 512, 4096))) + " " + text if "<" in text[:1] or "{" in text[:2] else None


@operator("words-after", MARKUP | {"xxe"}, stage=VALUE)
def words_after(text, random):
    if text.startswith("<!") or text.startswith("<?"):
        return text + "\n<!-- " + words(random, 4096) + " -->"
    return text + " " + words(random, random.choice((64, 512, 4096))) if text.endswith((">", "}")) else None


# Where it stands.

READS = "an application that reads it there"


def moved(name):
    def wrap(change):
        @not_body
        def apply(message, random):
            if message.where == name:
                return None
            new = change(message, random)
            return changed(new, writer="plain") if new else None
        return operator(f"to-{name}", stage=MOVE, needs=READS)(functools.wraps(change)(apply))
    return wrap


def name_of(message):
    """The name of the field in which the value stands."""
    where, place = message.where, message.place
    if where in ("query", "form"):
        return (message.query if where == "query" else message.content)[place[1]][0]
    if where == "multipart":
        return message.content[place[1]].name
    if where == "json":
        return next((it for it in reversed(place) if isinstance(it, str)), "q")
    return {"cookie": place[-1], "path": "id", "xml": "title"}.get(where, "q")


def bare(message):
    """Without the value: what stood in its place is something harmless."""
    query = tuple((name, "all" if message.place == ("query", at) else value) for at, (name, value) in enumerate(message.query))
    path = message.path + "17" if message.where == "path" else message.path
    headers = tuple((name, "curl/8.9.1" if message.place == ("header", name) else value) for name, value in message.headers)
    cookies = tuple((name, "en" if message.place == ("cookie", name) else value) for name, value in message.cookies)
    return changed(message, query=query, path=path, headers=headers, cookies=cookies)


def fields(message):
    """Harmless fields beside the value, of what the body held."""
    if message.where == "form":
        return [(name, value) for at, (name, value) in enumerate(message.content) if at != message.place[1]]
    if message.where == "multipart":
        return [(it.name, it.value) for at, it in enumerate(message.content) if at != message.place[1]]
    if message.where == "json" and isinstance(message.content, dict):
        return [(name, str(value)) for name, value in message.content.items() if name != message.place[1] and isinstance(value, (str, int))]
    return [("id", "17")]


@moved("query")
def to_query(message, random):
    new = bare(message)
    return changed(new, method="GET", query=(*new.query, (name_of(message), "")), place=("query", len(new.query)), kind="none", content=None)


@moved("form")
def to_form(message, random):
    content = (*fields(message), (name_of(message), ""))
    return changed(bare(message), method="POST", kind="form", content=content, place=("form", len(content) - 1))


@moved("json")
def to_json(message, random):
    name = name_of(message)
    content = dict(fields(message)) | {name: ""}
    return changed(bare(message), method="POST", kind="json", content=content, place=("json", name))


@moved("multipart")
def to_multipart(message, random):
    content = (*(Part(name, value) for name, value in fields(message)), Part(name_of(message), "", random.choice((None, "note.txt"))))
    return changed(bare(message), method="POST", kind="multipart", content=content, place=("multipart", len(content) - 1))


@moved("xml")
def to_xml(message, random):
    content = ('<?xml version="1.0" encoding="UTF-8"?><request><id>17</id><text>', "</text></request>")
    return changed(bare(message), method="POST", kind="xml", content=content, place=("xml",))


@moved("cookie")
def to_cookie(message, random):
    name = name_of(message)
    new = bare(message)
    if any(known == name for known, _ in new.cookies):
        return None
    emptied = {} if message.kind == "none" else {"method": "GET", "kind": "none", "content": None}
    return changed(new, cookies=(*(new.cookies or (("sid", "81c09e6d2f5a4b37"),)), (name, "")), place=("cookie", name), **emptied)


@moved("header")
def to_header(message, random):
    emptied = {} if message.kind == "none" else {"method": "GET", "kind": "none", "content": None}
    name = random.choice(("X-Search", "Referer", "X-Forwarded-For", "X-Api-Version", "X-Filter"))
    new = bare(message)
    return changed(new, headers=tuple(it for it in new.headers if it[0] != name), place=("header", name), **emptied)


@moved("path")
def to_path(message, random):
    emptied = {} if message.kind == "none" else {"method": "GET", "kind": "none", "content": None}
    return changed(bare(message), path=message.path.rstrip("/") + "/", place=("path",), **emptied) if message.where != "path" else None


@operator("json-deeper", stage=MOVE, needs=READS)
def json_deeper(message, random):
    if message.where != "json":
        return None
    content, steps = message.content, message.place[1:]
    for _ in range(random.randint(2, 12)):
        name = random.choice(("data", "items", "attributes", "node", ""))
        content, steps = ({name: content}, (name, *steps)) if name else ([0, content], (1, *steps))
    return changed(message, content=content, place=("json", *steps))


@operator("parameter-before", stage=MOVE, needs="an application that takes the last of two values")
def parameter_before(message, random):
    return beside(message, 0)


@operator("parameter-behind", stage=MOVE, needs="an application that takes the first of two values")
def parameter_behind(message, random):
    return beside(message, 1)


def beside(message, step):
    """A harmless value of the same name before or behind."""
    where = message.where
    if where in ("query", "form"):
        pairs, at = list(message.query if where == "query" else message.content), message.place[1]
        pairs.insert(at + step, (pairs[at][0], "all"))
        what = {"query" if where == "query" else "content": tuple(pairs)}
        return changed(message, place=(where, at + 1 - step), **what)
    if where == "multipart":
        content, at = list(message.content), message.place[1]
        content.insert(at + step, Part(content[at].name, "all", content[at].filename, content[at].kind))
        return changed(message, content=tuple(content), place=("multipart", at + 1 - step))
    if where == "json" and len(message.place) == 2 and isinstance(message.content, dict) and not isinstance(message.content, Pairs):
        pairs = list(message.content.items())
        at = next(at for at, (name, _) in enumerate(pairs) if name == message.place[1])
        pairs.insert(at + step, (pairs[at][0], "all"))
        return changed(message, content=Pairs(pairs), place=("json", at + 1 - step))
    return None


@operator("parameter-split", ("sqli",), stage=MOVE, victims=EVERY, needs="an application that joins values of one name with a comma")
def parameter_split(message, random):
    """`a=1 union/*&a=*/select`: the comma is in a comment."""
    parts = tokens(message.value) if message.where in ("query", "form") else None
    if not parts or not is_sql(parts):
        return None
    places = [at for at, it in enumerate(parts) if it.kind == "blank" and 0 < at < len(parts) - 1]
    if not places:
        return None
    at = random.choice(places)
    where, field = message.where, message.place[1]
    pairs = list(message.query if where == "query" else message.content)
    pairs.insert(field, (pairs[field][0], joined(parts[:at]) + "/*"))
    what = {"query" if where == "query" else "content": tuple(pairs)}
    return changed(message, value="*/" + joined(parts[at + 1:]), place=(where, field + 1), **what)


@operator("fields-before", stage=MOVE)
@not_body
def fields_before(message, random):
    return padded(message, random, True)


@operator("fields-behind", stage=MOVE)
@not_body
def fields_behind(message, random):
    return padded(message, random, False)


def padded(message, random, before):
    """4 KiB of harmless words in other fields."""
    where, filler = message.where, [(f"note{at}", words(random, 1024)) for at in range(4)]
    shift = len(filler) if before else 0
    if where in ("query", "form"):
        pairs = message.query if where == "query" else message.content
        what = {"query" if where == "query" else "content": (*filler, *pairs) if before else (*pairs, *filler)}
        return changed(message, place=(where, message.place[1] + shift), **what)
    if where == "multipart":
        filler = tuple(Part(name, value) for name, value in filler)
        return changed(message, content=filler + message.content if before else message.content + filler, place=(where, message.place[1] + shift))
    if where == "json" and isinstance(message.content, dict) and not isinstance(message.content, Pairs):
        return changed(message, content=dict(filler) | message.content if before else message.content | dict(filler))
    if where == "xml":
        front, back = message.content
        text = f"<!-- {words(random, 4096)} -->"
        cut = back.rindex("</")
        return changed(message, content=(re.sub(r"(\A<\?xml[^>]*\?>)?", lambda it: it[0] + text, front, count=1), back) if before else (front, back[:cut] + text + back[cut:]))
    return None


# How it is written in its place: any parser of that place reads the same.

def writer(name, label, places, needs="", classes=None):
    def apply(message, random):
        return changed(message, writer=name) if message.where in places else None
    operator(label, classes, stage=WRITE, needs=needs)(apply)


writer("every", "percent-every", URL_PLACES)
writer("little", "percent-little", URL_PLACES)
writer("u", "percent-u", ("query", "form", "path"), "a server that decodes `%u` (IIS, classic ASP)")
writer("overlong", "percent-overlong", URL_PLACES, "a decoder that takes overlong UTF-8")
writer("overlong-three", "percent-overlong-three", URL_PLACES, "a decoder that takes overlong UTF-8")
writer("escapes", "json-escapes", ("json",))
writer("some-escapes", "json-some-escapes", ("json",))
writer("references", "xml-references", ("xml",))
writer("cdata", "xml-cdata", ("xml",))
writer("comments", "xml-comment-inside", ("xml",))


# How the message is framed.

def framed(mark, label, fits, needs="", classes=EVERYTHING):
    def apply(message, random):
        return changed(message, framing=message.framing | {mark}) if fits(message) and mark not in message.framing else None
    operator(label, classes, stage=FRAME, needs=needs)(apply)


def is_multipart(message):
    return message.kind == "multipart"


def is_chosen_part(message):
    return message.where == "multipart"


framed("boundary-quoted", "multipart-quoted-boundary", is_multipart)
framed("boundary-odd", "multipart-odd-boundary", is_multipart)
framed("boundary-blanks", "multipart-blanks-behind-boundary", is_multipart)
framed("preamble", "multipart-preamble", is_multipart)
framed("folded", "multipart-folded", is_chosen_part)
framed("head-case", "multipart-head-case", is_multipart)
framed("head-blanks", "multipart-head-blanks", is_multipart)
framed("no-quotes", "multipart-no-quotes", is_multipart)
framed("more-fields", "multipart-more-fields", is_multipart)
framed("type-case", "multipart-type-case", is_multipart)
framed("type-parameters", "multipart-type-parameters", is_multipart)
framed("filename-star", "multipart-filename-star", lambda message: is_multipart(message) and any(it.filename is not None for it in message.content))
framed("base64-part", "multipart-base64", is_chosen_part, "a reader that heeds Content-Transfer-Encoding")
framed("quoted-printable", "multipart-quoted-printable", is_chosen_part, "a reader that heeds Content-Transfer-Encoding")
framed("type-missing", "type-missing", lambda message: message.kind in ("json", "xml", "form", "text"), "an application that does not look at the type")


@operator("type-lies", EVERYTHING, stage=FRAME, needs="an application that does not look at the type")
def type_lies(message, random):
    if message.kind not in ("json", "xml", "form", "text") or message.content_type:
        return None
    other = {"json": ("text/plain", "application/x-www-form-urlencoded", "application/octet-stream"), "xml": ("text/plain", "application/json"), "form": ("text/plain", "application/json"),
             "text": ("text/plain", "application/octet-stream")}
    return changed(message, content_type=random.choice(other[message.kind]))


@operator("type-vendor", EVERYTHING, stage=FRAME)
def type_vendor(message, random):
    kinds = {"json": ("application/vnd.shop.v2+json; charset=utf-8", "application/vnd.api+json", "application/problem+json", "text/json", "Application/JSON;charset=UTF-8"),
             "xml": ("text/xml; charset=utf-8", "application/vnd.shop+xml", "application/soap+xml")}
    if message.kind not in kinds or message.charset or message.content_type:
        return None
    return changed(message, content_type=random.choice(kinds[message.kind]))


# What is done to the body's bytes.

def charset(name, label, kinds, needs):
    def apply(message, random):
        if message.charset or message.content_type or message.kind not in kinds or (message.kind == "multipart" and message.where != "multipart"):
            return None
        if message.kind == "multipart" and message.framing & {"base64-part", "quoted-printable"}:
            return None
        return changed(message, charset=name)
    operator(label, EVERYTHING, stage=BODY, needs=needs)(apply)


DOCUMENT_KINDS = ("json", "xml", "multipart", "text")
CHARSET = "a reader that heeds the charset"
charset("utf-16", "charset-utf-16", DOCUMENT_KINDS, CHARSET)
charset("utf-16le", "charset-utf-16le", DOCUMENT_KINDS, CHARSET)
charset("utf-16be", "charset-utf-16be", DOCUMENT_KINDS, CHARSET)
charset("utf-32", "charset-utf-32", DOCUMENT_KINDS, CHARSET)
charset("utf-7", "charset-utf-7", ("xml", "multipart", "text", "json"), "a reader that knows UTF-7")
charset("cp037", "charset-ibm037", ("multipart", "xml"), "a reader that knows EBCDIC")


def coding(name):
    def apply(message, random):
        return changed(message, coding=name) if message.kind != "none" and not message.coding else None
    operator(f"body-{name}", EVERYTHING, stage=BODY, needs="a server that decodes bodies of requests")(apply)


coding("gzip")
coding("deflate")
