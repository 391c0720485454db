"""Makes JSON bodies from the schemas of a document.

Reads    schemas of OpenAPI 2.0, 3.0 and 3.1 with references inside the document. Examples are ignored.
Memory   one body at a time, at most `BODY_BYTES_MAX` as JSON text; one number for each operation and direction
         (how much its bodies had to shrink).
Errors   none: a schema that cannot be read becomes `{}` or a word.
Misses   all branches of `oneOf` and `anyOf` but the first; discriminators; `not`; conditional schemas;
         `minItems` and the like, beyond simple ranges of integers.
"""

import json
from random import Random

import patterns
import vocabulary as words
from identifiers import FORMATS, STYLES, declared_type, snake, style_named

BODY_BYTES_MAX = 8 * 1024
NODES_MAX = 600
REFERENCES_MAX = 20

# Shrinking steps: how deep a body may go, and how many items an array may have.
STEPS = ((6, 5), (5, 3), (4, 2), (3, 2), (3, 1), (2, 1), (1, 1))

# What optional properties can have as probability of being present. Most are nearly always there.
PRESENCE = (0.02, 0.1, 0.35, 0.7, 0.9, 0.97, 1.0, 1.0, 1.0)


class Bodies:
    """Bodies of one document. `identifiers` gives ids the same values in paths and in bodies."""

    def __init__(self, parsed, identifiers, host, seed):
        self.parsed, self.identifiers, self.host, self.seed = parsed, identifiers, host, seed
        self.resolved = {}
        self.presence = {}
        self.step_of = {}

    def body(self, schema, draw, known, own_id, memo):
        """One body of at most `BODY_BYTES_MAX`.

        `known` maps meanings to the values in this request's path; `own_id` gives the value of `id` at the top.
        `memo` names the operation and direction, which then starts with the step that fitted the last time.
        """
        for step in range(self.step_of.get(memo, 0), len(STEPS)):
            depth, items = STEPS[step]
            try:
                value = _Writing(self, draw, known, own_id, items).value(schema, "", depth)
            except _TooLarge:
                continue
            if len(json.dumps(value, ensure_ascii=False).encode()) <= BODY_BYTES_MAX:
                self.step_of[memo] = step
                return value
        self.step_of[memo] = len(STEPS)
        return {}

    def resolve(self, schema):
        """The schema with references followed, `allOf` joined and the first branch of alternatives taken."""
        if not isinstance(schema, dict):
            return {}
        # The schema is kept beside its result, so that its address is not given to another one.
        kept = self.resolved.get(id(schema))
        if kept is None:
            kept = self.resolved[id(schema)] = (schema, self._flattened(schema, REFERENCES_MAX))
        return kept[1]

    def _flattened(self, schema, budget):
        for _ in range(REFERENCES_MAX):
            if not isinstance(schema, dict) or "$ref" not in schema:
                break
            schema = pointed_at(self.parsed, schema["$ref"])
        if not isinstance(schema, dict) or budget <= 0:
            return {}
        parts = list(schema.get("allOf") or ())
        for alternatives in ("oneOf", "anyOf"):
            branches = [one for one in schema.get(alternatives) or () if one.get("type") != "null"]
            parts += branches[:1]
        if not parts:
            return schema
        joined = {key: value for key, value in schema.items() if key not in ("allOf", "oneOf", "anyOf")}
        joined["properties"] = dict(joined.get("properties") or {})
        required = list(joined.get("required") or ()) if isinstance(joined.get("required"), list) else []
        for part in parts:
            flat = self._flattened(part, budget - 1)
            joined["properties"] = {**(flat.get("properties") or {}), **joined["properties"]}
            required += flat["required"] if isinstance(flat.get("required"), list) else []
            for key, value in flat.items():
                joined.setdefault(key, value)
        joined["required"] = required
        if not joined["properties"]:
            del joined["properties"]
        return joined

    def chance_of(self, name, siblings):
        """How often an optional property is there: fixed for each property name among the same neighbours.

        Envelopes (`data` alone, or with a cursor) always have theirs: an answer without it would say nothing.
        """
        if siblings <= 2:
            return 1.0
        key = (name, siblings)
        if key not in self.presence:
            self.presence[key] = Random(f"{self.seed}:presence:{name}:{siblings}").choice(PRESENCE)
        return self.presence[key]


class _TooLarge(Exception):
    """The body has more values than any body of the allowed size."""


class _Writing:
    """One body being written."""

    def __init__(self, bodies, draw, known, own_id, items_max):
        self.bodies, self.draw, self.known, self.own_id = bodies, draw, known, own_id
        self.items_max = items_max
        self.nodes = 0

    def value(self, schema, name, depth, top=True):
        self.nodes += 1
        if self.nodes > NODES_MAX:
            raise _TooLarge
        schema = self.bodies.resolve(schema)
        enum = [one for one in schema.get("enum") or () if one is not None]
        if enum:
            return self.draw.choice(enum)
        if "const" in schema:
            return schema["const"]
        nullable = schema.get("nullable") or (isinstance(schema.get("type"), list) and "null" in schema["type"])
        if nullable and self.draw.random() < 0.15:
            return None
        kind = declared_type(schema) if "type" in schema else _guessed(schema)
        if kind == "object":
            return self.object(schema, depth, top)
        if kind == "array":
            return self.array(schema, name, depth, top)
        return self.scalar(kind, schema, name, top)

    def object(self, schema, depth, top):
        properties = schema.get("properties") or {}
        required = schema.get("required") if isinstance(schema.get("required"), list) else []
        out = {}
        for name, inner in properties.items():
            if name not in required and self.draw.random() > self.bodies.chance_of(name, len(properties)):
                continue
            # At the last level only plain values are written: an empty object says more than a missing one.
            flat = self.bodies.resolve(inner)
            if depth <= 1 and (declared_type(flat) if "type" in flat else _guessed(flat)) in ("object", "array"):
                continue
            out[name] = self.value(inner, name, depth - 1, top and _wraps(name, properties))
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and not properties and depth > 1:
            for key in self.draw.sample(words.ATTRIBUTES, self.draw.randint(1, 3)):
                out[key] = self.value(more, key, depth - 1, False)
        return out

    def array(self, schema, name, depth, top):
        if depth <= 1:
            return []
        count = self.draw.randint(0, self.items_max)
        return [self.value(schema.get("items") or {}, name, depth - 1, top) for _ in range(count)]

    def scalar(self, kind, schema, name, top):
        if kind == "boolean":
            return self.draw.random() < 0.5
        identifier = self.identifier(name, top)
        if identifier is not None and kind != "integer" and kind != "number":
            return identifier
        if kind == "integer":
            if identifier is not None and identifier.lstrip("-").isdigit():
                return int(identifier)
            return self.integer(schema, name)
        if kind == "number":
            return round(self.draw.uniform(0, 1000), 2)
        return self.string(schema, name)

    def identifier(self, name, top):
        """The value shared with the path: of this request if it has it, else another one of the same pool."""
        if name == "id":
            return self.own_id(self.draw) if top and self.own_id else self.bodies.identifiers.anonymous(self.draw)
        meaning = self.bodies.identifiers.named(name)
        if meaning is None:
            return None
        return self.known.get(meaning.key) or meaning.draw_value(self.draw)

    def integer(self, schema, name):
        short = snake(name)
        if short.endswith(("_at", "created", "updated", "timestamp")):
            return 1_760_000_000 + self.draw.randint(0, 5_000_000)
        if short in ("year", "month", "day"):
            return int(STYLES[short][0](self.draw, ""))
        low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low <= high:
            return self.draw.randint(int(low), min(int(high), int(low) + 100_000))
        return self.draw.randint(0, 1000)

    def string(self, schema, name):
        style = FORMATS.get(schema.get("format"))
        if style:
            return STYLES[style][0](self.draw, snake(name))
        if schema.get("pattern"):
            made = patterns.matching(schema["pattern"], self.draw)
            if made:
                return made
        return _string_named(snake(name), schema.get("format"), self.bodies.host, self.draw)


def pointed_at(parsed, reference):
    """What a reference inside the document points at; `{}` for others."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return {}
    at = parsed
    for part in reference[2:].split("/"):
        part = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
        at = at.get(part) if isinstance(at, dict) else None
    return at if isinstance(at, dict) else {}


def _guessed(schema):
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema else "string"


def _wraps(name, properties):
    """Whether `name` holds the resource itself: `data`, `items`, or the only property of an envelope."""
    return name in ("data", "items", "results", "result", "values", "entries", "id") or len(properties) <= 3


def _string_named(short, form, host, draw):
    """A text that suits the property's name."""
    if form in ("uri", "url") or short.endswith(("url", "uri", "href", "link")):
        return f"https://{host}/{draw.choice(words.NOUNS)}/{draw.randint(1, 9999)}"
    if short.endswith(("_at", "date", "time", "created", "updated", "modified")):
        return STYLES["time"][0](draw, "")
    if short.endswith(("name", "title")):
        return draw.choice((draw.choice(words.PEOPLE), STYLES["slug"][0](draw, ""), draw.choice(words.CITIES)))
    if short.endswith(("description", "body", "text", "comment", "note", "message", "summary")):
        return draw.choice(words.SENTENCES)
    if short.endswith(("_id", "token", "hash", "etag", "key")):
        return STYLES["short_id"][0](draw, "")
    style = style_named(short)
    return STYLES[style][0](draw, short) if style else draw.choice(words.NOUNS)

