#!/usr/bin/env python3
"""Says how well bartizan learnt a real application: against what it says of itself, and against what passed.

    discovery/applications/compare.py FOLDER [--deep path] [--wrong 20] [--sample 40]

Reads    a folder that one of the runs beside it wrote: `data`, `calls.ndjson`, `description.*`. Runs `bartizan inventory
         export` on it, and with `--sample` `import openapi` and `inventory drift` on a copy of the data.
Writes   figures to standard output; with `--wrong` what went wrong; with `--sample` differences to judge by hand.
Memory   for each endpoint every place in its bodies with the types seen there.
Errors   a folder without calls or description ends the run with a message and exit code 2.
Misses   header fields, cookies, forms, answers that failed, formats of strings. An endpoint that was learnt and that no
         recorded call fits is not looked for. Which learnt endpoint a call belongs to is told by its path.

Only calls answered below 400 count; "Real applications" in docs/discovery.md defines the numbers. A place is where a
value stands in a body: names of fields, `[]` for items, `*` for names that a map chooses.
"""

import argparse
import collections
import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

# It has the name of this file.
_spec = importlib.util.spec_from_file_location("templates", Path(__file__).resolve().parent.parent / "compare.py")
templates = importlib.util.module_from_spec(_spec)
sys.modules["templates"] = templates
_spec.loader.exec_module(templates)

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
SEEN_MIN = 20
DEPTH_MAX = 12
# What bartizan looks at of a body, once it is decompressed: so many bytes, and so many values.
LOOKED_AT_BYTES = 16384
LOOKED_AT_VALUES = 64
ANY = frozenset({"any"})


class Schema:
    """Every place of a schema: its types, whether it must be there, and where anything may stand."""

    def __init__(self, root):
        self.root, self.types, self.required, self.open = root, {}, set(), set()

    def read(self, schema, place=(), stack=()):
        schema, stack = self._follow(schema, stack)
        if schema is None or len(place) > DEPTH_MAX:
            self.open.add(place)
            return self
        kinds = schema.get("type", [])
        kinds = set([kinds] if isinstance(kinds, str) else kinds)
        kinds |= {"null"} if schema.get("nullable") or schema.get("x-nullable") else set()
        if not kinds and "properties" in schema:
            kinds = {"object"}
        if not kinds and ("enum" in schema or "const" in schema):
            kinds = {_type(it) for it in schema.get("enum", [schema.get("const")])}
        parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, [])]
        if not kinds and not parts:
            kinds = set(ANY)
            self.open.add(place)
        self.types[place] = self.types.get(place, frozenset()) | kinds
        for name, it in schema.get("properties", {}).items():
            self.read(it, (*place, name), stack)
            if name in schema.get("required", []):
                self.required.add((*place, name))
        if "items" in schema:
            self.read(schema["items"], (*place, "[]"), stack)
        elif "array" in kinds:
            self.open.add((*place, "[]"))
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and more:
            self.read(more, (*place, "*"), stack)
        elif more in (True, {}) or ("object" in kinds and more is None and not schema.get("properties") and not parts):
            self.open.add((*place, "*"))
        if len(parts) == 1 or schema.get("allOf"):
            for it in parts:
                self.read(it, place, stack)
        else:
            self._either(parts, place, stack)
        return self

    def _either(self, parts, place, stack):
        """Of alternatives, only what all that have the parent demand is demanded."""
        read = [Schema(self.root).read(it, place, stack) for it in parts]
        for one in read:
            for at, kinds in one.types.items():
                self.types[at] = self.types.get(at, frozenset()) | kinds
            self.open |= one.open
        for at in set().union(*(one.required for one in read)) if read else ():
            if all(at in one.required for one in read if "object" in one.types.get(at[:-1], ())):
                self.required.add(at)

    def _follow(self, schema, stack):
        while isinstance(schema, dict) and "$ref" in schema:
            if schema["$ref"] in stack:
                return None, stack
            stack = (*stack, schema["$ref"])
            found = self.root
            for part in schema["$ref"].lstrip("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            schema = found
        return (schema if isinstance(schema, dict) else {}), stack

    def at(self, place):
        """The place of this schema that a seen place is: itself, one with `*`, `open` or nothing."""
        if place in self.types:
            return place
        for it in self.types:
            if len(it) == len(place) and all(a in (b, "*") for a, b in zip(it, place)):
                return it
        for end in range(len(place) + 1):
            if place[:end] in self.open or (*place[:end], "*") in self.open or self._open_star(place[:end]):
                return "open"
        return None

    def _open_star(self, place):
        return any(len(it) == len(place) and all(a in (b, "*") for a, b in zip(it, place)) for it in self.open if "*" in it)


class Seen:
    """Every place of the bodies that passed."""

    def __init__(self):
        self.messages, self.types, self.count = 0, collections.defaultdict(collections.Counter), collections.Counter()

    def read(self, value):
        self.messages += 1
        self._walk(value, ())

    def _walk(self, value, place):
        self.types[place][_type(value)] += 1
        self.count[place] += 1
        if len(place) > DEPTH_MAX:
            return
        if isinstance(value, dict):
            for name, it in value.items():
                self._walk(it, (*place, name))
        elif isinstance(value, list):
            for it in value:
                self._walk(it, (*place, "[]"))

    def always(self, place):
        """In every object that could have it."""
        return self.count[place] == self.types[place[:-1]]["object"]


class Description:
    """Operations of a description, Swagger 2.0 or OpenAPI 3, with whole paths."""

    def __init__(self, document, deep=()):
        self.document, self.operations = document, {}
        servers = document.get("servers") or [{"url": document.get("basePath", "/")}]
        base = urlsplit(servers[0].get("url", "/")).path.rstrip("/")
        for path, item in document.get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    shared = item.get("parameters", [])
                    self.operations[method.upper(), base + path] = {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]}
        self.patterns = [(key, _pattern(key[1], deep)) for key in self.operations]
        self.patterns.sort(key=lambda it: [not templates.VARIABLE.search(s) for s in it[0][1].split("/")], reverse=True)

    def find(self, method, path):
        """The operation that a call is: literals go before variables, from the left; then the longer template."""
        found = [key for key, pattern in self.patterns if key[0] == method and pattern.fullmatch(path)]
        return max(found, key=lambda key: (_literals(key[1]),), default=None)

    def parameters(self, key):
        found = []
        for it in self.operations[key]["parameters"]:
            found.append(Schema(self.document)._follow(it, ())[0])
        return found

    def query(self, key):
        return {it["name"] for it in self.parameters(key) if it.get("in") == "query"}

    def schema(self, key, side):
        """`None` if nothing is said of the body."""
        read, said = Schema(self.document), False
        for one in self._bodies(key, side):
            read.read(one)
            said = True
        return read if said else None

    def _bodies(self, key, side):
        operation = self.operations[key]
        if side == "request":
            yield from (it["schema"] for it in self.parameters(key) if it.get("in") == "body" and "schema" in it)
            places = [operation.get("requestBody", {})]
        else:
            places = [it for status, it in operation.get("responses", {}).items() if str(status).startswith("2")]
        for place in places:
            place = Schema(self.document)._follow(place, ())[0]
            if "schema" in place:
                yield place["schema"]
            for kind, it in place.get("content", {}).items():
                if "json" in kind and "schema" in it:
                    yield it["schema"]


def _literals(template):
    return [not templates.VARIABLE.search(segment) for segment in template.split("/")]


def _pattern(template, deep):
    parts = []
    for segment in template.strip("/").split("/"):
        names = templates.VARIABLE.findall(segment)
        whole = ".+" if any(name in deep for name in names) else "[^/]+"
        parts.append(whole.join(re.escape(it) for it in templates.VARIABLE.split(segment)[::2]))
    return re.compile("/" + "/".join(parts) + "/?")


def _type(value):
    if value is None:
        return "null"
    return {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}[type(value)]


def _wide(kinds):
    """JSON has one kind of number."""
    return {"number" if it == "integer" else it for it in kinds}


def _is_cut(value):
    """Whether a body is more than bartizan looks at."""
    return len(json.dumps(value)) > LOOKED_AT_BYTES or _values(value) > LOOKED_AT_VALUES


def _values(value):
    if isinstance(value, dict):
        return sum(map(_values, value.values()))
    return sum(map(_values, value)) if isinstance(value, list) else 1


class Group:
    """The calls of one declared operation that one learnt operation has."""

    def __init__(self):
        self.calls, self.cut, self.query = 0, 0, collections.Counter()
        self.bodies = {"request": Seen(), "response": Seen()}

    def add(self, call):
        self.calls += 1
        self.cut += any(_is_cut(it[0]) for it in (call["request"], call["response"]) if it)
        self.query.update({name for name, _ in parse_qsl(urlsplit(call["path"]).query, keep_blank_values=True)})
        if call["request"]:
            self.bodies["request"].read(call["request"][0])
        if call["response"] and call["status"] < 300:
            self.bodies["response"].read(call["response"][0])


def shaped(declared, path, deep):
    """The shape that a call must have: a variable that spans segments has as many as the call."""
    method, template = declared
    for name in deep:
        marked = "{" + name + "}"
        if marked in template:
            more = path.strip("/").count("/") - template.strip("/").count("/")
            template = template.replace(marked, "/".join([marked] * (more + 1)))
    return templates.shape(f"{method} {template}"), f"{method} {template}"


def endpoints(calls, own, learnt, deep, also, out, wrong):
    """Counts endpoints; the groups of those that are exact."""
    by_truth, users, groups = collections.defaultdict(collections.Counter), collections.defaultdict(set), collections.defaultdict(Group)
    names, undeclared = {}, collections.Counter()
    for call in calls:
        path = urlsplit(call["path"]).path
        declared, found = own.find(call["method"], unquote(path)), learnt.find(call["method"], unquote(path))
        if not declared or (also and re.search(also, path)):
            undeclared[call["method"], found[1] if found else f"not learnt: {path}"] += 1
            if found:
                users[templates.shape(" ".join(found))].add(("undeclared", path))
            continue
        shape, template = shaped(declared, path, deep)
        names[shape] = template
        by_truth[shape][found] += 1
        if found:
            users[templates.shape(" ".join(found))].add(shape)
            groups[shape, declared, found].add(call)
    for least in (1, SEEN_MIN):
        counts, bad = collections.Counter(), []
        for shape, found in by_truth.items():
            if sum(found.values()) < least:
                continue
            shapes = {templates.shape(" ".join(it)) for it in found if it}
            exact = shapes == {shape} and None not in found
            merged = any(len({it for it in users[s] if it[0] != "undeclared"}) > 1 for s in shapes)
            counts.update(all=1, exact=exact, merged=merged, split=len(shapes) > 1, missing=None in found)
            if not exact:
                bad.append(f"{names[shape]}  ({sum(found.values())} calls): " + ", ".join(sorted(it[1] if it else "none" for it in found)[:4]))
            elif least == 1:
                learnt_name = " ".join(max(found, key=found.get))
                for (before, true), (_, said) in zip(templates.variable_names(names[shape]), templates.variable_names(learnt_name)):
                    right = all(templates.right_name(a, b, before) for a, b in zip(true, said)) and len(true) == len(said)
                    out["names"] += 1
                    out["names right"] += right
                    if not right:
                        wrong["names"].append(f"{names[shape]}: {true} is called {said}")
        for key, value in counts.items():
            out[f"endpoints{'' if least == 1 else f' seen {least} times'} {key}"] = value
        if least == 1:
            wrong["endpoints"] = bad
    out["calls of undeclared paths"] = sum(undeclared.values())
    wrong["undeclared paths"] = [f"{method} {path}: {count}" for (method, path), count in undeclared.most_common()]
    return {key: it for key, it in groups.items() if key[0] == templates.shape(" ".join(key[2]))}


def fields(groups, own, learnt, side, out, wrong):
    """Counts places of bodies, of exact endpoints."""
    def count(what, is_so=True, text=None):
        out[f"{side} {what}"] += is_so
        if text and is_so:
            wrong[f"{side} {what}"].append(text)

    for (_, declared, found), group in groups.items():
        seen, says, knows = group.bodies[side], own.schema(declared, side), learnt.schema(found, side)
        where = f"{declared[0]} {declared[1]}"
        for place in [it for it in (knows.types if knows else ()) if it and it[-1] not in ("[]", "*")]:
            passed = place in seen.types or ("*" in place and any(_fits(place, it) for it in seen.types))
            count("learnt", True)
            count("learnt, never passed", not passed, f"{where} {_text(place)}")
        for place, kinds in seen.types.items():
            if not place or place[-1] == "[]":
                continue
            is_declared = says.at(place) if says else None
            if is_declared == "open" or (is_declared and "*" in is_declared):
                count("free: passed")
                count("free: found", bool(knows and knows.at(place)))
                continue
            told = knows.at(place) if knows else None
            text = f"{where} {_text(place)}"
            if not is_declared:
                count("undeclared: passed")
                count("undeclared: found", bool(told), f"{text}: {'/'.join(kinds)}")
                continue
            count("declared: passed")
            count("declared: found", bool(told))
            if not told or told == "open":
                empty = set(kinds) <= {"array", "object", "null"} and not any(it[: len(place)] == place and len(it) > len(place) for it in seen.types)
                count("declared: not found, always empty", empty)
                count("declared: not found, some message was cut", not empty and group.cut > 0)
                count("declared: not found", True, f"{text} ({group.cut} cut of {group.calls}){'' if not told else ' open'}")
                continue
            learnt_types = _wide(knows.types[told])
            count("types compared")
            count("types as passed", learnt_types == _wide(kinds))
            if learnt_types != _wide(kinds):
                count("types not as passed", True, f"{text}: learnt {sorted(learnt_types)}, passed {dict(kinds)}")
            fits = "any" in says.types[is_declared] or learnt_types <= _wide(says.types[is_declared])
            count("types as declared", fits)
            if not fits:
                count("types not as declared", True, f"{text}: learnt {sorted(learnt_types)}, declared {sorted(says.types[is_declared])}, passed {dict(kinds)}")
            required, demanded, always = told in knows.required, is_declared in says.required, seen.always(place)
            count("required: learnt", required)
            count("required: learnt, and always there", required and always)
            count("required: learnt, not always there", required and not always, text)
            count("required: always there, not learnt", always and not required, text)
            count("required: learnt and declared", required and demanded)
            count("required: learnt, declared optional", required and not demanded)
            count("required: declared, learnt optional", demanded and not required, f"{text}: {'always there' if always else 'really missing at times'}")


def _fits(pattern, place):
    return len(pattern) == len(place) and all(a in (b, "*") for a, b in zip(pattern, place))


def _text(place):
    return ".".join(place).replace(".[]", "[]") or "$"


def queries(groups, own, learnt, out, wrong):
    for (_, declared, found), group in groups.items():
        says, knows = own.query(declared), learnt.query(found)
        for name in group.query:
            kind = "declared" if name in says else "undeclared"
            out[f"query {kind}: passed"] += 1
            out[f"query {kind}: found"] += name in knows
            wrong[f"query {kind}"].append(f"{declared[0]} {declared[1]} {name}{'' if name in knows else ': not found'}")


def drift(folder, bartizan, file, sample, seed):
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        shutil.copytree(folder / "data", data)
        subprocess.run([bartizan, "import", "openapi", file, "--data", data], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run = subprocess.run([bartizan, "inventory", "drift", "-o", "json", "--data", data], capture_output=True, text=True, check=False)
    found = [it for service in json.loads(run.stdout)["services"] for it in service["differences"]]
    print(f"\ndrift: {len(found)} differences:", ", ".join(f"{what} {n}" for what, n in collections.Counter(it["what"] for it in found).most_common()))
    for it in random.Random(seed).sample(found, min(sample, len(found))):
        print(f"  {it['what']}  {it['method']} {it['path']}  {it['side'] or ''} {it['place'] or ''}  {it['seen']} of {it['of']}  {it['says']}")


def posture(folder, bartizan):
    run = subprocess.run([bartizan, "inventory", "export", "--as", "json", "--notation", "json", "--data", folder / "data"], capture_output=True, text=True, check=True)
    found = collections.Counter(weakness["flaw"] for it in json.loads(run.stdout) for weakness in it["posture"]["weaknesses"])
    print("\nposture:", ", ".join(f"{flaw} {count}" for flaw, count in found.most_common()))


def document(file):
    text = file.read_text()
    if file.suffix == ".json":
        return json.loads(text)
    import yaml

    return yaml.safe_load(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bartizan", default=os.environ.get("BARTIZAN", "target/debug/bartizan"))
    parser.add_argument("--deep", action="append", default=[], help="a path parameter that spans segments")
    parser.add_argument("--undeclared", help="an expression for paths that are not declared, though a variable that spans segments could hold them")
    parser.add_argument("--wrong", type=int, default=0, help="show so many of each kind")
    parser.add_argument("--sample", type=int, default=0, help="show so many differences of drift, and count weaknesses")
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    files = list(wishes.folder.glob("description.*"))
    if not files or not (wishes.folder / "calls.ndjson").exists():
        print(f"{wishes.folder} holds no run")
        return 2
    own = Description(document(files[0]), wishes.deep)
    run = subprocess.run([wishes.bartizan, "inventory", "export", "--notation", "json", "--data", wishes.folder / "data"], capture_output=True, text=True, check=True)
    learnt = Description(json.loads(run.stdout))
    calls = [it for it in map(json.loads, open(wishes.folder / "calls.ndjson")) if it["status"] < 400]
    out, wrong = collections.Counter(), collections.defaultdict(list)
    groups = endpoints(calls, own, learnt, wishes.deep, wishes.undeclared, out, wrong)
    for side in ("response", "request"):
        fields(groups, own, learnt, side, out, wrong)
    queries(groups, own, learnt, out, wrong)
    print(f"{len(own.operations)} operations declared, {len(calls)} good calls")
    for key, value in out.items():
        print(f"{value:7}  {key}")
    for key, items in wrong.items() if wishes.wrong else ():
        print(f"\n{key}: {len(items)}")
        for it in items[: wishes.wrong]:
            print(f"  {it}")
    if wishes.sample:
        drift(wishes.folder, wishes.bartizan, files[0], wishes.sample, wishes.seed)
        posture(wishes.folder, wishes.bartizan)
    return 0


if __name__ == "__main__":
    sys.exit(main())
