#!/usr/bin/env python3
"""Writes the traffic of one product as it would pass a gateway, with the true endpoint beside each exchange.

Reads    one document (see `documents`) and a seed; the same document and seed give the same bytes.
Writes   newline-delimited JSON, one exchange a line, in order of time; the README has the fields.
Memory   the document, the pools of ids, and one line at a time.
Errors   an unknown document name ends the run with a message.
Misses   sessions and flows (each exchange is drawn on its own), ownership of objects by subjects, redirects between
         endpoints, traffic in bursts, HEAD and OPTIONS beyond what the document lists.
"""

import argparse
import itertools
import json
import re
import sys
from bisect import bisect
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode, urlsplit

import documents
import vocabulary as words
from bodies import Bodies, pointed_at
from identifiers import STYLES, Identifiers, Meaning, declared_type

EXCHANGES_PER_OPERATION = 40
EXCHANGES_MIN = 4_000
EXCHANGES_DEFAULT_MAX = 40_000
SUBJECTS = 60
EXCHANGES_PER_SECOND = 2.0

SCANNER_SHARE = 0.01
REFUSED_SHARE = 0.03
MADE_UP_SHARE_OF_REFUSED = 0.25

ENDPOINT_ZIPF = 0.75
# Reading is more frequent than writing, and deleting rarer still.
METHOD_WEIGHT = {"GET": 1.0, "HEAD": 0.3, "POST": 0.6, "PUT": 0.4, "PATCH": 0.4, "DELETE": 0.25}

QUERY_MAX = 6
QUERY_PRESENCE = (0.02, 0.05, 0.15, 0.4)
DRAWS_MAX = 8

SCANNED = """/.env /.git/config /wp-login.php /phpmyadmin/ /phpmyadmin/index.php /admin.php /wp-admin/ /xmlrpc.php
 /.aws/credentials /server-status /cgi-bin/luci /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php /.DS_Store
 /config.json /backup.sql /actuator/env /actuator/health /solr/admin/info/system /boaform/admin/formLogin
 /HNAP1 /manager/html /.well-known/security.txt /robots.txt /favicon.ico /telescope/requests /_ignition/health-check
 /owa/auth/logon.aspx /console/ /api/v1/../../etc/passwd /index.php?s=/index/think/app/invokefunction
 /?XDEBUG_SESSION_START=phpstorm /login.action /debug/pprof/ /.svn/entries /wp-content/plugins/hello.php""".split()

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass
class Endpoint:
    """One operation with what is needed to draw an exchange of it."""

    method: str
    template: str
    pieces: list  # Literal text and `Meaning`s in turn, as the path is put together.
    operation: dict
    queries: list  # `(name, schema, probability)`.
    request: tuple  # `(content type, schema)` or `(None, None)`.
    answers: list  # `(status, content type, schema)` of the good answers.
    own_id: Meaning | None
    collection_of: Meaning | None

    @property
    def truth(self):
        return f"{self.method} {self.template}"


class Product:
    """Everything drawn from one document: its endpoints, ids and bodies."""

    def __init__(self, document, parsed, seed):
        self.parsed, self.document, self.seed = parsed, document, seed
        self.schemas = Bodies(parsed, None, "", seed)
        self.host, base = _server(document, parsed)
        listed = [(method, _joined(base, template), operation, item)
                  for method, template, operation, item in documents.operations(parsed)]
        siblings = _literals_by_place({template for _, template, _, _ in listed})
        uses, places = [], {}
        for method, template, operation, item in listed:
            schemas = self._path_schemas(operation, item)
            for name, before, place in _placeholders(template):
                uses.append((name, before, schemas.get(name, {}), siblings.get(place, set())))
        literals = sorted(set().union(*siblings.values())) if siblings else []
        self.identifiers = Identifiers(document, uses, literals, seed)
        self.bodies = Bodies(parsed, self.identifiers, self.host, f"{seed}:{document.name}")
        self.router = Router({(method, template) for method, template, _, _ in listed})
        for _, template, _, _ in listed:
            for name, before, place in _placeholders(template):
                places.setdefault(place, self.identifiers.of(name, before))
        self.endpoints = [self._endpoint(method, template, operation, item, places)
                          for method, template, operation, item in listed]

    def _path_schemas(self, operation, item):
        found = {}
        for parameter in (item.get("parameters") or []) + (operation.get("parameters") or []):
            parameter = self._followed(parameter)
            if parameter.get("in") == "path" and "name" in parameter:
                found[parameter["name"]] = self._parameter_schema(parameter)
        return found

    def _followed(self, value):
        """The value itself, or what its reference points at."""
        return pointed_at(self.parsed, value["$ref"]) if isinstance(value, dict) and "$ref" in value else value or {}

    def _parameter_schema(self, parameter):
        # OpenAPI 2.0 writes the schema's words into the parameter itself.
        schema = parameter.get("schema") or parameter
        flat = self.schemas.resolve(schema)
        return self.schemas.resolve(flat["items"]) if declared_type(flat) == "array" and flat.get("items") else flat

    def _endpoint(self, method, template, operation, item, places):
        draw = Random(f"{self.seed}:{self.document.name}:{method} {template}")
        pieces, at, last = [], 0, None
        befores = iter(_placeholders(template))
        for match in PLACEHOLDER.finditer(template):
            name, before, _ = next(befores)
            last = self.identifiers.of(name, before)
            pieces += [template[at:match.start()], last]
            at = match.end()
        pieces.append(template[at:])
        queries = []
        for parameter in (item.get("parameters") or []) + (operation.get("parameters") or []):
            parameter = self._followed(parameter)
            if parameter.get("in") == "query" and parameter.get("name"):
                chance = 1.0 if parameter.get("required") else draw.choice(QUERY_PRESENCE)
                queries.append((parameter["name"], self._parameter_schema(parameter), chance))
        ends_in_id = template.rstrip("/").endswith("}")
        below = places.get(_place(template.rstrip("/").split("/") + [""]))
        return Endpoint(method, template, pieces, operation, queries, self._request(operation, item),
                        self._answers(operation), last if ends_in_id else None, below)

    def _request(self, operation, item):
        content = self._followed(operation.get("requestBody")).get("content") or {}
        if content:
            kind = next((one for one in content if "json" in one), next(iter(content)))
            return kind, content[kind].get("schema") or {}
        # OpenAPI 2.0: the body is a parameter.
        form = {}
        for parameter in (item.get("parameters") or []) + (operation.get("parameters") or []):
            parameter = self._followed(parameter)
            if parameter.get("in") == "body":
                return "application/json", parameter.get("schema") or {}
            if parameter.get("in") == "formData":
                form[parameter["name"]] = {key: parameter[key] for key in ("type", "enum", "format") if key in parameter}
        return ("application/x-www-form-urlencoded", {"type": "object", "properties": form}) if form else (None, None)

    def _answers(self, operation):
        """The good answers, the likeliest first. A document that lists none gets a plain 200."""
        found, otherwise = [], []
        for status, answer in (operation.get("responses") or {}).items():
            number = {"default": "200", "2XX": "200", "2xx": "200"}.get(str(status), str(status))
            if number.isdigit() and 200 <= int(number) < 400 and int(number) != 304:
                # `default` often describes errors, so it counts only when nothing else is good.
                listed = otherwise if str(status) == "default" else found
                listed.append((int(number), *self._content(answer, operation)))
        found = found or otherwise or [(200, None, None)]
        return sorted(found, key=lambda answer: (answer[0] >= 300, answer[0]))

    def _content(self, answer, operation):
        answer = self._followed(answer)
        content = answer.get("content") or {}
        if content:
            kind = next((one for one in content if "json" in one), next(iter(content)))
            return kind.replace("*/*", "application/json"), (content[kind] or {}).get("schema")
        if answer.get("schema"):
            produces = operation.get("produces") or self.parsed.get("produces") or ["application/json"]
            return next((one for one in produces if "json" in one), produces[0]), answer["schema"]
        return None, None


class Router:
    """Finds the endpoint a path belongs to as the product would: literal segments before variables."""

    def __init__(self, known):
        self.by_size = {}
        for method, template in sorted(known):
            segments = template.split("/")
            pattern = [(not PLACEHOLDER.search(segment), _segment_pattern(segment)) for segment in segments]
            self.by_size.setdefault((method, len(segments)), []).append((pattern, template))
        for patterns_ in self.by_size.values():
            patterns_.sort(key=lambda known: [not literal for literal, _ in known[0]])

    def find(self, method, path):
        segments = path.partition("?")[0].split("/")
        for pattern, template in self.by_size.get((method, len(segments)), ()):
            if all(fits.fullmatch(segment) for (_, fits), segment in zip(pattern, segments)):
                return template
        return None


def _segment_pattern(segment):
    return re.compile("".join("[^/]+" if index % 2 else re.escape(part)
                              for index, part in enumerate(PLACEHOLDER.split(segment))))


def _server(document, parsed):
    """Host and base path. Variables of a server address take their defaults."""
    servers = parsed.get("servers") or [{}]
    url = servers[0].get("url") or ""
    for name, variable in (servers[0].get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", name)))
    url = PLACEHOLDER.sub(r"\1", url)
    parts = urlsplit(url)
    host = parts.hostname or str(parsed.get("host") or f"api.{document.name}.example")
    return host, (parts.path or parsed.get("basePath") or "").rstrip("/")


def _joined(base, template):
    return re.sub(r"/{2,}", "/", f"{base}/{template}")


def _place(segments):
    """Where a segment stands: the segments before it, variables blanked."""
    return tuple("{}" if "{" in segment else segment for segment in segments[:-1])


def _placeholders(template):
    """`(name, literal before, place)` of each variable in a template."""
    segments = template.split("/")
    literal = ""
    for index, segment in enumerate(segments):
        for name in PLACEHOLDER.findall(segment):
            yield name, literal, _place(segments[:index + 1])
        if "{" not in segment:
            literal = segment or literal


def _literals_by_place(templates):
    found = {}
    for template in templates:
        segments = template.split("/")
        for index, segment in enumerate(segments):
            if segment and "{" not in segment:
                found.setdefault(_place(segments[:index + 1]), set()).add(segment)
    return found


class Traffic:
    """Draws exchanges of a product."""

    def __init__(self, product, seed):
        self.product = product
        self.draw = Random(f"{seed}:traffic:{product.document.name}")
        shuffled = list(product.endpoints)
        self.draw.shuffle(shuffled)
        weights = (METHOD_WEIGHT[endpoint.method] / rank ** ENDPOINT_ZIPF for rank, endpoint in enumerate(shuffled, 1))
        self.endpoints, self.cumulative = shuffled, list(itertools.accumulate(weights))
        self.subjects = list(itertools.accumulate(1 / rank ** 0.7 for rank in range(1, SUBJECTS + 1)))
        self.scanned = [path for path in SCANNED if product.router.find("GET", path) is None]

    def exchanges(self, count):
        at = 0.0
        for _ in range(count):
            at += self.draw.expovariate(EXCHANGES_PER_SECOND)
            chance = self.draw.random()
            if chance < SCANNER_SHARE:
                exchange = self._scan()
            elif chance < SCANNER_SHARE + REFUSED_SHARE:
                exchange = self._refused()
            else:
                exchange = self._served()
            yield {"t": round(at, 3), "host": self.product.host, **exchange}

    def _pick(self):
        at = bisect(self.cumulative, self.draw.random() * self.cumulative[-1])
        return self.endpoints[min(at, len(self.endpoints) - 1)]

    def _subject(self):
        return f"u{min(bisect(self.subjects, self.draw.random() * self.subjects[-1]), SUBJECTS - 1) + 1}"

    def _path(self, endpoint, missing=False):
        """A path of the endpoint, and the values in it by meaning; its last id unknown if `missing`.

        A value may happen to spell another endpoint's literal; drawn again, since the truth would be that one.
        """
        for _ in range(DRAWS_MAX):
            known, text = {}, []
            for piece in endpoint.pieces:
                if isinstance(piece, Meaning):
                    value = piece.draw_value(self.draw)
                    if missing and piece is endpoint.own_id and piece.style in STYLES:
                        value = STYLES[piece.style][0](self.draw, piece.resource)
                    known[piece.key] = value
                    # Dots alone would be folded away by any client.
                    piece = quote(value, safe="!'()*") if value.strip(".") else "value"
                text.append(piece)
            path = "".join(text)
            truth = self.product.router.find(endpoint.method, path)
            if truth == endpoint.template:
                break
        return path, known, truth and f"{endpoint.method} {truth}"

    def _query(self, endpoint):
        given = []
        for name, schema, chance in endpoint.queries:
            if len(given) < QUERY_MAX and self.draw.random() < chance:
                value = self.product.bodies.body(schema, self.draw, {}, None, ("query", name, id(schema)))
                if isinstance(value, (str, int, float, bool)):
                    given.append((name, str(value).lower() if isinstance(value, bool) else value))
        return "?" + urlencode(given) if given else ""

    def _request_body(self, endpoint, known):
        kind, schema = endpoint.request
        if kind is None:
            return None
        if "json" in kind or "*/*" in kind:
            return self.product.bodies.body(schema, self.draw, known, None, (endpoint.truth, "request"))
        if "urlencoded" in kind:
            fields = self.product.bodies.body(schema, self.draw, known, None, (endpoint.truth, "request"))
            fields = fields if isinstance(fields, dict) else {}
            plain = {name: value for name, value in fields.items() if isinstance(value, (str, int, float))}
            return urlencode(plain) or None
        return None

    def _served(self):
        endpoint = self._pick()
        path, known, truth = self._path(endpoint)
        request = self._request_body(endpoint, known)
        usual = len(endpoint.answers) == 1 or self.draw.random() < 0.9
        status, kind, schema = endpoint.answers[0] if usual else self.draw.choice(endpoint.answers)
        return {"method": endpoint.method, "path": path + self._query(endpoint), "status": status,
                "content_type": kind, "request_body": request,
                "response_body": self._response_body(endpoint, known, status, kind, schema),
                "subject": self._subject(), "endpoint": truth}

    def _response_body(self, endpoint, known, status, kind, schema):
        if kind is None or schema is None or status in (204, 205) or endpoint.method == "HEAD":
            return None
        if "json" in kind:
            memo = (endpoint.truth, status)
            return self.product.bodies.body(schema, self.draw, known, self._own_id(endpoint, known), memo)
        return self.draw.choice(words.SENTENCES) if kind.startswith("text/") else None

    def _own_id(self, endpoint, known):
        """What `id` at the top of the answer is: the id in the path, or ids of the collection asked for."""
        if endpoint.own_id is None and endpoint.collection_of is not None:
            return endpoint.collection_of.draw_value
        # An action below an object answers with the object.
        owner = endpoint.own_id or next((it for it in reversed(endpoint.pieces) if isinstance(it, Meaning)), None)
        return (lambda _: known[owner.key]) if owner else None

    def _refused(self):
        """A 4xx: a made-up path, or an existing endpoint that said no."""
        endpoint = self._pick()
        status = self.draw.choice((400, 401, 401, 403, 403, 404, 404, 404))
        path, known, truth = self._path(endpoint, missing=status == 404)
        if self.draw.random() < MADE_UP_SHARE_OF_REFUSED:
            made_up = self._made_up(endpoint.method, path)
            if made_up is not None:
                return self._error(endpoint.method, made_up, 404, None, None)
        request = self._request_body(endpoint, known)
        return self._error(endpoint.method, path + self._query(endpoint), status, request, truth)

    def _made_up(self, method, path):
        """A path near a real one that no endpoint has; `None` if the draw hits one every time."""
        segments = path.split("/")
        for _ in range(DRAWS_MAX):
            changed, at = list(segments), self.draw.randrange(1, len(segments)) if len(segments) > 1 else 0
            way = self.draw.randrange(4)
            if way == 0:
                changed[at] = changed[at][:-1] or "x"
            elif way == 1:
                changed.insert(at, self.draw.choice(("v0", "api", "internal", "admin", "beta")))
            elif way == 2:
                changed.append(self.draw.choice(words.NOUNS))
            else:
                changed[at] = self.draw.choice(words.ATTRIBUTES)
            candidate = "/".join(changed)
            if candidate.startswith("/") and self.product.router.find(method, candidate) is None:
                return candidate
        return None

    def _error(self, method, path, status, request, truth):
        text = {400: "the request is not valid", 401: "authentication is required", 403: "not allowed",
                404: "no such resource"}[status]
        body = {"error": {"code": status, "message": text}, "request_id": STYLES["short_id"][0](self.draw, "")}
        return {"method": method, "path": path, "status": status, "content_type": "application/json",
                "request_body": request, "response_body": body, "subject": self._subject(), "endpoint": truth}

    def _scan(self):
        return {"method": "GET", "path": self.draw.choice(self.scanned), "status": 404, "content_type": "text/html",
                "request_body": None, "response_body": "<html><body>Not Found</body></html>",
                "subject": f"u{SUBJECTS - self.draw.randrange(3)}", "endpoint": None}


def exchanges_by_default(product):
    """Enough that most endpoints are seen often, within bounds."""
    return max(EXCHANGES_MIN, min(EXCHANGES_DEFAULT_MAX, EXCHANGES_PER_OPERATION * len(product.endpoints)))


def styles_report(product):
    """One line for each parameter, and the share of word-like ones: what the ids of this traffic look like."""
    meanings = sorted(product.identifiers.meanings.values(), key=lambda meaning: meaning.key)
    for meaning in meanings:
        yield f"{meaning.key:44} {meaning.style:16} {len(meaning.values):5}  {' '.join(meaning.values[:3])[:70]}"
    word_like = sum(meaning.word_like for meaning in meanings)
    share = word_like / len(meanings) if meanings else 0.0
    yield f"{product.document.name}: {word_like} of {len(meanings)} parameters word-like ({share:.1%})"


def main():
    """Writes one document's traffic to a file or to standard output."""
    names = [document.name for document in documents.DOCUMENTS]
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("document", choices=names)
    arguments.add_argument("--exchanges", type=int, help="how many; by default 40 for each operation, within bounds")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--output", type=Path, help="file to write; standard output when not given")
    arguments.add_argument("--cache", type=Path, default=documents.CACHE_DEFAULT)
    arguments.add_argument("--styles", action="store_true", help="print the id styles instead of traffic")
    given = arguments.parse_args()

    document = documents.document_named(given.document)
    product = Product(document, documents.load(document, given.cache), given.seed)
    output = given.output.open("w", encoding="utf-8") if given.output else sys.stdout
    with output:
        if given.styles:
            output.writelines(f"{line}\n" for line in styles_report(product))
            return
        count = exchanges_by_default(product) if given.exchanges is None else given.exchanges
        for exchange in Traffic(product, given.seed).exchanges(count):
            output.write(json.dumps(exchange, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
