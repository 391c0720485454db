"""How each upstream shows what it read, brought to a common form before it is compared.

A framework may fold names, join values or forget the order of fields: that is its interface and not a
difference in reading. Each such habit is named here, for each upstream, and only it is undone; the
same is done to the forwarded message, so that both sides lose the same and nothing else. The method,
the target and the body (its length and its SHA-256) are compared as they are.
"""

import hashlib
from dataclasses import dataclass

FRAMING = {"content-length", "transfer-encoding", "connection"}


@dataclass(frozen=True)
class Interface:
    """`form`: `list` (order and case kept), `lower` (order kept), `map` (names without case, the
    order within a name kept), `cgi` (folded names, joined values; names with `_` are dropped).
    `hides`: fields that it consumes or writes itself. `query`: whether it can tell an empty query
    from none. `tabs`: whether a tab inside a value stays one."""

    form: str = "list"
    hides: frozenset = frozenset()
    joiner: str = ", "
    tabs: bool = True
    query: bool = True


ASGI = Interface("lower", query=False)
INTERFACES = {
    "node": Interface(),
    "express": Interface(),
    "uvicorn-h11": ASGI,
    "uvicorn-httptools": ASGI,
    "hypercorn": ASGI,
    "aiohttp": Interface(),
    "aiohttp-python": Interface(),
    # Turns chunks into a length, and keeps what concerns its own connection to itself.
    "nginx": Interface(hides=frozenset(FRAMING | {"upgrade"})),
    "go": Interface("map", hides=frozenset({"transfer-encoding"})),
    "jdk": Interface("map", tabs=False),
    "tornado": Interface("map"),
    "gunicorn": Interface("cgi", frozenset({"transfer-encoding"}), ","),
    "waitress": Interface("cgi", frozenset({"transfer-encoding", "content-length"}), ", "),
}


def text(value):
    return value.decode("latin-1")


def fields_of(pairs, interface, is_cgi=False):
    """Pairs of text in the common form of `interface`. `is_cgi`: they are folded already."""
    if interface.form == "cgi":
        folded = {}
        for name, value in pairs:
            if is_cgi:
                folded[name.removeprefix("HTTP_")] = value
            elif "_" not in name:
                folded.setdefault(name.upper().replace("-", "_"), []).append(value)
        hidden = {it.upper().replace("-", "_") for it in interface.hides}
        joined = {k: v if is_cgi else interface.joiner.join(v) for k, v in folded.items()}
        return {k: v for k, v in joined.items() if k not in hidden}
    kept = [(k, v if interface.tabs else v.replace("\t", " ")) for k, v in pairs if k.lower() not in interface.hides]
    if interface.form == "list":
        return kept
    if interface.form == "lower":
        return [(k.lower(), v) for k, v in kept]
    values = {}
    for name, value in kept:
        values.setdefault(name.lower(), []).append(value)
    return values


def target_of(target, interface):
    return target[:-1] if not interface.query and target.count("?") == 1 and target.endswith("?") else target


def difference(name, message, record):
    """`(what, told)` if an upstream read a forwarded message otherwise than it is; else None."""
    interface = INTERFACES[name]
    if record["method"] != text(message.method):
        return "method", f"read {record['method']!r} for {message.method!r}"
    want = target_of(text(message.target), interface)
    if record["target"] is None or target_of(record["target"], interface) != want:
        return "target", f"read {record['target']!r} for {message.target!r}"
    digest = hashlib.sha256(message.body).hexdigest()
    if record["length"] != len(message.body) or record["sha256"] != digest or not record["complete"]:
        return "body", f"read {record['length']} bytes for {len(message.body)}"
    sent = fields_of([(text(k), text(v)) for k, v in message.fields], interface)
    read = fields_of([tuple(it) for it in record["fields"]], interface, is_cgi=interface.form == "cgi")
    if interface.hides & {"connection"}:  # nginx writes its own `Host` first
        by_name = lambda it: it[0]
        sent = sorted([(k.lower(), v) for k, v in sent], key=by_name)
        read = sorted([(k.lower(), v) for k, v in read], key=by_name)
    if sent != read:
        return "fields", told(sent, read)
    return None


def told(sent, read):
    if isinstance(sent, dict):
        sent, read = list(sent.items()), list(read.items())
    lacking = [it for it in sent if it not in read][:3]
    extra = [it for it in read if it not in sent][:3]
    return f"did not read {lacking!r}, but {extra!r}"
