#!/usr/bin/env python3
"""Says how well learnt path templates agree with the true ones.

Reads    the traffic (`traffic` writes it) and the learner's result: a JSON list with one entry a line of the traffic,
         `{"line": n, "endpoint": "GET /v1/customers/{customer}"}` with lines counted from 1; an entry or its
         endpoint may be null, and lines may be missing.
Writes   one row for each document and one in total to standard output; with `--wrong`, the endpoints that went wrong.
Memory   for each true endpoint the learnt templates of its exchanges; bodies are skipped over.
Errors   a result that does not fit the traffic ends the run with a message and exit code 2.
Misses   whether learnt endpoints exist that no exchange was assigned to; how exchanges that failed were assigned.

Exit code 0 when all thresholds hold in total, 1 when one is missed. The README defines every number.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

SEEN_MIN = 20
EXACT_MIN = 0.97
MERGED_MAX = 0.005
NAMES_MIN = 0.90
THIN_VALUES_MAX = 3

# No path can hold it, so no literal is taken for a variable.
BLANK = "\0"
VARIABLE = re.compile(r"\{([^{}]*)\}")

# What may follow a resource's name without changing what is meant: the id of a customer is the customer.
HANDLES = ("id", "ids", "uuid", "guid", "gid", "sid", "uid", "iid", "pk", "key", "name", "number", "slug", "code")
IRREGULAR = {"people": "person", "children": "child", "indices": "index", "data": "datum", "media": "medium"}


@dataclass
class Counts:
    """What was found for one document; `add` sums documents up."""

    endpoints: int = 0
    exact: int = 0
    merged: int = 0
    split: int = 0
    unassigned: int = 0
    absorbing: int = 0
    thin: int = 0
    names: int = 0
    names_right: int = 0
    names_same: int = 0
    wrong: list = field(default_factory=list)

    def add(self, other):
        for name in ("endpoints", "exact", "merged", "split", "unassigned", "absorbing", "thin",
                     "names", "names_right", "names_same"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def good(self):
        """Whether the thresholds hold. Nothing to compare is not good: the traffic was too short."""
        return (self.endpoints > 0
                and self.exact >= EXACT_MIN * self.endpoints
                and self.merged <= MERGED_MAX * self.endpoints
                and self.names_right >= NAMES_MIN * self.names)


def shape(endpoint):
    """What decides equality: method and segments, variables blanked, escapes undone, no slash at the end.

    A segment that has a variable anywhere is a variable as a whole, whatever stands around it.
    """
    method, _, template = endpoint.partition(" ")
    segments = _segments(template)
    blanked = (BLANK if VARIABLE.search(segment) else unquote(segment) for segment in segments)
    return (method.upper(), *blanked)


def _segments(path):
    return [segment for segment in path.partition("?")[0].split("/") if segment]


def variable_names(endpoint):
    """`[(literal segment before or "", [names in the segment])]` of each variable segment."""
    out, before = [], ""
    for segment in endpoint.partition(" ")[2].split("/"):
        found = VARIABLE.findall(segment)
        if found:
            out.append((before, found))
        # A variable right after a variable has no literal to be named by.
        before = "" if found else segment
    return out


def same_name(truth, learnt):
    """Equal when case, `_` and `-` are ignored."""
    return _plain(truth) == _plain(learnt)


def right_name(truth, learnt, before):
    """Equal, or another way to say the same resource: see "Variable names" in the README."""
    if same_name(truth, learnt):
        return True
    truths, learnts = _resources(truth, before), _resources(learnt, before)
    return bool(truths & learnts) or _joins(truth, learnts) or _joins(learnt, truths)


def _joins(name, resources):
    """Whether the name is one of the resources and a handle in one word: `username` is `user_name`."""
    return any(_plain(name) == resource + handle for resource in resources if resource for handle in HANDLES)


def _plain(name):
    return re.sub(r"[_\-]", "", name.lower())


def _words(name):
    """`customerId`, `customer_id`, `customer-id` as `["customer", "id"]`."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return re.sub(r"[^0-9A-Za-z]+", " ", name).lower().split()


def _singulars(word):
    """Every plain reading of a plural: English does not say which one holds."""
    found = {word, IRREGULAR.get(word, word)}
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    if word.endswith("es"):
        found.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        found.add(word[:-1])
    return found


def _resources(name, before):
    """What a name may stand for, without the handle at its end. A bare handle stands for the segment before."""
    words = _words(name)
    # `issueIdOrKey` is told by one handle or the other.
    while words and (words[-1].rstrip("0123456789") in HANDLES or words[-1] == "or"):
        words = words[:-1]
    # `idBoard` is `boardId`.
    if len(words) > 1 and words[0] == "id":
        words = words[1:]
    collection = _words(before)
    of_collection = set()
    if collection:
        for last in _singulars(collection[-1]):
            # `customer-groups`: both `customerGroup` and `group` name one of them.
            of_collection |= {last, "".join([*collection[:-1], last])}
    if not words:
        return of_collection
    own = {"".join([*words[:-1], last]) for last in _singulars(words[-1])}
    return own | of_collection if own & of_collection else own


def compare(exchanges, learnt):
    """Counts for one document. `exchanges`: `(line, status, true endpoint, path)`; `learnt`: line to endpoint."""
    truths = defaultdict(set)
    assigned = defaultdict(lambda: defaultdict(int))
    values = defaultdict(lambda: defaultdict(set))
    for line, status, endpoint, path in exchanges:
        if endpoint is None or status >= 400:
            continue
        # Endpoints that differ in names only are one: no observer could tell them apart.
        true_shape = shape(endpoint)
        truths[true_shape].add(endpoint)
        assigned[true_shape][learnt.get(line)] += 1
        for index, segment in enumerate(_segments(path)):
            if true_shape[index + 1:index + 2] == (BLANK,) and len(values[true_shape][index]) <= THIN_VALUES_MAX:
                values[true_shape][index].add(segment)

    counted = {true_shape for true_shape in truths if sum(assigned[true_shape].values()) >= SEEN_MIN}
    owners = defaultdict(set)
    for true_shape, templates in assigned.items():
        for template in templates:
            if template is not None:
                owners[shape(template)].add(true_shape)

    counts = Counts(endpoints=len(counted))
    for true_shape in sorted(counted):
        given = assigned[true_shape]
        shapes = {shape(template) for template in given if template is not None}
        exact = shapes == {true_shape} and None not in given
        sharing = set().union(*(owners[one] for one in shapes)) - {true_shape}
        merged = bool(sharing & counted)
        counts.exact += exact
        counts.merged += merged
        counts.absorbing += bool(sharing - counted)
        counts.split += len(shapes) > 1
        counts.unassigned += None in given
        thin = any(len(seen) <= THIN_VALUES_MAX for seen in values[true_shape].values())
        counts.thin += thin
        if exact:
            _count_names(counts, truths[true_shape], given)
        if not exact or merged:
            what = "merged" if merged else "split" if len(shapes) > 1 else "missing" if None in given else "other"
            what += " thin" if thin else ""
            counts.wrong.append((what, sorted(truths[true_shape])[0], sorted(map(str, given))[:3]))
    return counts


def _count_names(counts, truths, given):
    """One variable segment counts once; with several true or learnt names for it, the commonest learnt one is judged."""
    learnt = variable_names(max(sorted(given), key=given.get))
    true_names = [variable_names(endpoint) for endpoint in sorted(truths)]
    for index, (_, names) in enumerate(learnt):
        pairs = [(truth, name, one[index][0]) for one in true_names for truth in one[index][1] for name in names]
        counts.names += 1
        counts.names_right += any(right_name(*pair) for pair in pairs)
        counts.names_same += any(same_name(truth, name) for truth, name, _ in pairs)


def read_traffic(path):
    """`(line, status, true endpoint, path)` of each exchange, lines counted from 1."""
    with path.open(encoding="utf-8") as file:
        for line, text in enumerate(file, 1):
            exchange = json.loads(text)
            yield line, exchange["status"], exchange["endpoint"], exchange["path"]


def read_result(path):
    """Line to learnt endpoint. A list whose entries carry no line is refused, since it would be a guess."""
    learnt = {}
    for entry in json.loads(path.read_text(encoding="utf-8")):
        if entry is None:
            continue
        line, endpoint = entry["line"], entry["endpoint"]
        if not isinstance(line, int) or line < 1:
            raise ValueError(f"lines are counted from 1, not {line!r}")
        if line in learnt:
            raise ValueError(f"line {line} is assigned twice")
        if endpoint is not None:
            learnt[line] = endpoint
    return learnt


def _row(name, counts):
    def share(part, whole):
        return f"{part / whole:8.2%}" if whole else "       -"

    return (f"{name:14} {counts.endpoints:9} {share(counts.exact, counts.endpoints)}"
            f" {share(counts.merged, counts.endpoints)} {share(counts.split, counts.endpoints)}"
            f" {share(counts.unassigned, counts.endpoints)} {share(counts.absorbing, counts.endpoints)}"
            f" {share(counts.thin, counts.endpoints)}"
            f" {share(counts.names_right, counts.names)} {share(counts.names_same, counts.names)}")


def _pairs(arguments, paths):
    """Traffic and result in turn, or one folder with `NAME.ndjson` beside `NAME.learnt.json`."""
    if len(paths) == 1 and paths[0].is_dir():
        traffic = sorted(paths[0].glob("*.ndjson"))
        if not traffic:
            arguments.error("the folder holds no NAME.ndjson")
        return [(path, path.with_suffix(".learnt.json")) for path in traffic]
    if len(paths) % 2:
        arguments.error("give traffic and result in turn, or one folder")
    return list(zip(paths[::2], paths[1::2]))


def _enumerations(given):
    """A row for each document: how many learnt enumerations are declared, and how many declared ones are learnt."""
    # Only here: the comparison of templates needs no documents.
    import documents
    import enumerations
    from traffic import Product

    total = Counter()
    print(f"{'document':20} learnt    right  findable    found")
    for path in sorted(path for folder in given.paths for path in folder.glob("*.ndjson")):
        document = documents.document_named(path.stem)
        product = Product(document, documents.load(document, given.enumerations), given.seed)
        learnt = json.loads(path.with_suffix(".fields.json").read_text(encoding="utf-8"))
        with path.open(encoding="utf-8") as lines:
            counts, wrong = enumerations.compare(product, map(json.loads, lines), learnt)
        total.update(counts)
        print(_enumerations_row(path.stem, counts))
        for text in wrong[:given.wrong]:
            print(f"    {text}")
    print(_enumerations_row("total", total))
    return 0


def _enumerations_row(name, counts):
    def share(part, whole):
        return f"{part / whole:8.1%}" if whole else "       -"

    return (f"{name:20} {counts['learnt']:6} {share(counts['right'], counts['learnt'])}"
            f" {counts['findable']:9} {share(counts['found'], counts['findable'])}")


def main():
    """Compares all pairs and prints the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("paths", nargs="+", type=Path, metavar="PATH",
                           help="TRAFFIC RESULT [TRAFFIC RESULT ...], or a folder of NAME.ndjson and NAME.learnt.json")
    arguments.add_argument("--wrong", type=int, default=0, metavar="N", help="also list N endpoints that went wrong")
    arguments.add_argument("--enumerations", type=Path, metavar="CACHE",
                           help="compare learnt enumerations (NAME.fields.json) with the documents in this folder instead")
    arguments.add_argument("--seed", type=int, default=1, help="that the traffic was made with, for --enumerations")
    given = arguments.parse_args()
    if given.enumerations:
        return _enumerations(given)

    total = Counts()
    print(f"{'document':14} endpoints    exact   merged    split  missing  absorbs     thin    names     same")
    for traffic, result in _pairs(arguments, given.paths):
        try:
            counts = compare(read_traffic(traffic), read_result(result))
        except (OSError, ValueError, KeyError, TypeError) as error:
            print(f"{traffic.name}, {result.name}: {error}", file=sys.stderr)
            return 2
        total.add(counts)
        print(_row(traffic.name.split(".")[0], counts))
        for what, truth, templates in counts.wrong[:given.wrong]:
            print(f"    {what:12} {truth}  learnt as  {'  |  '.join(templates)}")
    print(_row("total", total))
    print(f"wanted: exact at least {EXACT_MIN:.1%}, merged at most {MERGED_MAX:.1%}, names at least {NAMES_MIN:.1%}:"
          f" {'held' if total.good() else 'missed'}")
    return 0 if total.good() else 1


if __name__ == "__main__":
    sys.exit(main())
