"""Says how well learnt enumerations agree with the declared ones.

Reads    a document with its traffic, and what was learnt of fields: a JSON list with one entry for each field of a JSON
         body, `{"endpoint": "GET /a/{b}", "side": "answer", "place": "$.items[*].kind", "values": 3}`; `values` is null
         where no enumeration was learnt.
Memory   for each declared field its values in the traffic, at most `VALUES_MAX` + 1.
Misses   enumerations of parameters and of header fields, and those in endpoints whose template is not exact.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from bodies import Bodies
from compare import shape
from documents import operations
from identifiers import declared_type

# What the learner asks for; a field that is met more rarely cannot be told.
OCCURRENCES_MIN = 50
SUBJECTS_MIN = 5
VALUES_MAX = 16
DEPTH_MAX = 8


@dataclass
class Met:
    """One field of one endpoint in the traffic."""

    occurrences: int = 0
    subjects: set = field(default_factory=set)
    values: set = field(default_factory=set)

    def tells(self):
        """Whether there was enough of it to learn from."""
        return (self.occurrences >= OCCURRENCES_MIN and len(self.subjects) >= SUBJECTS_MIN
                and 2 <= len(self.values) <= VALUES_MAX)


def declared(schemas, schema, place="$", depth=0):
    """`(place, whether its values are listed)` of each plain field of a body."""
    schema = schemas.resolve(schema)
    if depth > DEPTH_MAX:
        return
    kind = declared_type(schema) if "type" in schema else "object" if "properties" in schema else "array" if "items" in schema else ""
    if kind == "object":
        for name, inner in (schema.get("properties") or {}).items():
            yield from declared(schemas, inner, f"{place}.{name}", depth + 1)
    elif kind == "array":
        yield from declared(schemas, schema.get("items") or {}, f"{place}[*]", depth + 1)
    elif kind != "boolean":
        yield place, bool(schema.get("enum")) or "const" in schema


def met(body, place="$"):
    """`(place, value)` of each plain value; of a list only the first item, as the learner does."""
    if isinstance(body, dict):
        for name, inner in body.items():
            yield from met(inner, f"{place}.{name}")
    elif isinstance(body, list):
        for inner in body[:1]:
            yield from met(inner, f"{place}[*]")
    elif body is not None:
        yield place, body


def compare(product, exchanges, learnt):
    """Counts of one document, and the learnt ones that nothing declares."""
    listed = {}
    for endpoint in product.endpoints:
        at = shape(endpoint.truth)
        for _, kind, schema in endpoint.answers[:1]:
            if schema is not None and kind and "json" in kind:
                listed.update({(at, "answer", place): is_listed for place, is_listed in declared(product.schemas, schema)})
        kind, schema = endpoint.request
        if schema is not None and kind and "json" in kind:
            listed.update({(at, "request", place): is_listed for place, is_listed in declared(product.schemas, schema)})
    seen = defaultdict(Met)
    for one in exchanges:
        if one["endpoint"] is None or one["status"] >= 400:
            continue
        at = shape(one["endpoint"])
        for side in ("answer", "request"):
            body = one["response_body" if side == "answer" else "request_body"]
            for place, value in met(body) if isinstance(body, (dict, list)) else ():
                if listed.get((at, side, place)) is not None:
                    of = seen[at, side, place]
                    of.occurrences += 1
                    of.subjects.add(one["subject"])
                    if len(of.values) <= VALUES_MAX:
                        of.values.add(str(value))
    told = {(shape(it["endpoint"]), it["side"], it["place"]) for it in learnt if it["values"]}
    known = {key for key in told if listed.get(key) is not None}
    wrong = sorted(f"{key[0][0]} {'/'.join(key[0][1:])} {key[1]} {key[2]}".replace("\0", "{}")
                   for key in known if not listed[key])
    findable = {key for key, of in seen.items() if listed[key] and of.tells()}
    counts = Counter(learnt=len(known), right=len(known) - len(wrong), findable=len(findable), found=len(findable & told))
    return counts, wrong
