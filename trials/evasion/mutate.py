"""Writes attacks of labelled corpora differently.

    python3 trials/evasion/mutate.py CORPORA OUT.jsonl.gz [--seed 1] [--count 8000] [--parents 2200]
"""

import argparse
import base64
import collections
import gzip
import hashlib
import json
import random
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import address_operators  # noqa: E402
import carrier_operators  # noqa: E402
import markup_operators  # noqa: E402
import other_operators  # noqa: E402
import path_operators  # noqa: E402
import shell_operators  # noqa: E402
import sql_operators  # noqa: E402
import sql_text  # noqa: E402
from corpus import parents  # noqa: E402
from message import Impossible, changed, row_of  # noqa: E402
from operators import EVERY, MOVE, VALUE, WRITE  # noqa: E402

OPERATORS = tuple(it for module in (sql_operators, shell_operators, markup_operators, path_operators, address_operators, other_operators, carrier_operators) for it in module.ALL)
VICTIMS = {"sqli": sql_text.dialects, "cmdi": shell_operators.victims, "path-traversal": path_operators.victims, "ssti": other_operators.template_victims}
DEPTHS = (1, 1, 2, 2, 3, 3, 3, 3, 3, 3)
USES_MIN = 50
# An operator is given up after so many failures in a row.
TRIES = 40
# At most so many operators of one stage; of one writing, one.
STAGE_MAX = {WRITE: 1, MOVE: 2, VALUE: 2}
KIND_OF_MOVE = {"to-multipart": "multipart-", "to-json": "json-", "to-xml": "xml-"}
# Parents that are looked for on purpose so that an operator has something to change.
FOR_OPERATOR = 40


def victims_of(kind, text):
    return VICTIMS[kind](text) if kind in VICTIMS else EVERY


def shared(one, other):
    """Victims for which both hold; `every` holds for all."""
    return other if one == EVERY else one if other == EVERY else one & other


class Child:
    """A message on its way through operators."""

    def __init__(self, kind, message):
        self.kind, self.message, self.victims = kind, message, victims_of(kind, message.value)

    def take(self, operator, chance):
        """Whether the operator changed it."""
        victims = shared(self.victims, operator.victims)
        if self.kind not in operator.classes or not victims:
            return False
        if operator.stage <= VALUE:
            text = operator.apply(self.message.value, chance)
            new = changed(self.message, value=text) if text is not None and text != self.message.value else None
            if new and operator.stage == VALUE and new.where == "body" and operator.name != "words-after":
                return False
        else:
            new = operator.apply(self.message, chance)
        if new is None:
            return False
        self.message, self.victims = new, victims
        return True


def applies(operator, kind, message, chance):
    it = Child(kind, message)
    if not it.take(operator, chance):
        return False
    try:
        row_of(it.message)
    except Impossible:
        return False
    return True


def even_shares(sizes, total):
    """So many of each, as even as there are."""
    shares, left = dict.fromkeys(sizes, 0), total
    while left > 0 and any(shares[it] < sizes[it] for it in sizes):
        open_ones = [it for it in sizes if shares[it] < sizes[it]]
        step = max(1, left // len(open_ones))
        for it in open_ones:
            more = min(step, sizes[it] - shares[it], left)
            shares[it] += more
            left -= more
    return shares


def chosen_parents(folder, total, chance):
    """Parents spread over the classes; each payload once; of each class first those that its own operators can change."""
    pools = collections.defaultdict(dict)
    for row, message in parents(folder):
        pools[row["class"]].setdefault((row.get("skel") or row["key"], message.where), (row, message))
    shares = even_shares({kind: len(pools[kind]) for kind in sorted(pools)}, total)
    chosen = []
    for kind in sorted(pools):
        pool = [pools[kind][it] for it in sorted(pools[kind])]
        chance.shuffle(pool)
        own = [it for it in OPERATORS if kind in it.classes and it.stage < VALUE]
        wanted = collections.Counter({it.name: FOR_OPERATOR for it in own})
        kept, rest = [], []
        for entry in pool:
            useful = [it.name for it in own if wanted[it.name] > 0 and applies(it, kind, entry[1], chance)] if len(kept) < shares[kind] and +wanted else []
            wanted.subtract(useful)
            (kept if useful else rest).append(entry)
        chosen += (kept + rest)[:shares[kind]]
    return chosen


class Plan:
    """Chooses operators so that the least used come first."""

    def __init__(self, entries, chance):
        self.entries, self.chance = entries, chance
        self.uses, self.children, self.failures = collections.Counter(), collections.Counter(), collections.Counter()
        self.fitting = {it.name: [] for it in OPERATORS}
        self.of_entry = []
        for at, (row, message) in enumerate(entries):
            fits = [it for it in OPERATORS if applies(it, row["class"], message, chance)]
            self.of_entry.append(fits)
            for it in fits:
                self.fitting[it.name].append(at)
        self.seen = set()

    def child(self, at, first):
        """A row made from a parent with this operator and perhaps others, or None."""
        row, message = self.entries[at]
        chance, depth = self.chance, self.chance.choice(DEPTHS)
        # What only carriers can change takes no more of their uses than it must.
        if first.stage >= VALUE and self.uses[first.name] > USES_MIN:
            depth = 1
        fits = sorted((it for it in self.of_entry[at] if it is not first), key=lambda it: (self.uses[it.name], it.name))
        for attempt in range(10):
            nearest = fits[:8 + 4 * attempt]
            wanted = [first] + chance.sample(nearest, min(depth - 1, len(nearest)))
            if len(wanted) == 2 and depth == 3 or chance.random() < 0.3:
                wanted = wanted[:2] + self.behind_move(wanted, row["class"])
            chance.shuffle(wanted)
            made = self.made(row, message, wanted[:3] if first in wanted[:3] else [first, *wanted[:2]], first, attempt < 8)
            if made:
                return made
        return None

    def behind_move(self, wanted, kind):
        """An operator that only applies once the value stands elsewhere."""
        kinds = [KIND_OF_MOVE[it.name] for it in wanted if it.name in KIND_OF_MOVE]
        later = [it for it in OPERATORS if it.stage >= WRITE and kind in it.classes and any(it.name.startswith(start) for start in kinds)]
        return [min(later, key=lambda it: (self.uses[it.name] + self.chance.random(), it.name))] if later else []

    def made(self, row, message, wanted, first, all_of_them):
        it, used, stages = Child(row["class"], message), [], collections.Counter()
        written = None
        for operator in sorted(wanted, key=lambda one: one.stage):
            before = it.message, it.victims
            taken = stages[operator.stage] < STAGE_MAX.get(operator.stage, 3) and it.take(operator, self.chance)
            if taken:
                try:
                    written = row_of(it.message)
                except Impossible:
                    it.message, it.victims = before
                    taken = False
            if not taken:
                if operator is first or all_of_them:
                    return None
                continue
            stages[operator.stage] += 1
            used.append(operator.name)
        mark = hashlib.sha256(repr(written).encode()).hexdigest()[:16]
        if mark in self.seen:
            return None
        self.seen.add(mark)
        self.uses.update(used)
        return child_row(row, it, used, written, mark)

    def run(self, count):
        """At least one child of each parent, then of whatever operator is used least."""
        order = list(range(len(self.entries)))
        self.chance.shuffle(order)
        made = []
        for at in order:
            fits = sorted(self.of_entry[at], key=lambda it: self.uses[it.name] + self.chance.random())
            for operator in fits[:8]:
                row = self.child(at, operator) if len(made) < count else None
                if row:
                    made.append(row)
                    self.children[at] += 1
                    break
        open_ones = [it for it in OPERATORS if self.fitting[it.name]]
        while len(made) < count and open_ones:
            operator = min(open_ones, key=lambda it: (self.uses[it.name], it.name))
            places = self.fitting[operator.name]
            at = min(self.chance.sample(places, min(30, len(places))), key=lambda it: self.children[it])
            row = self.child(at, operator)
            if row:
                made.append(row)
                self.children[at] += 1
                self.failures[operator.name] = 0
                continue
            self.failures[operator.name] += 1
            if self.failures[operator.name] >= TRIES:
                open_ones.remove(operator)
        return made


BY_NAME = {it.name: it for it in OPERATORS}


def child_row(row, child, used, written, mark):
    method, target, headers, body = written
    needs = sorted({BY_NAME[it].needs for it in used} - {""})
    placement = row["placement"] if not any(it.startswith("to-") for it in used) else child.message.where
    kept = {name: row[name] for name in ("source", "class", "label", "key", "skel", "quality") if name in row}
    return {"id": f"evasion-{mark}", **kept, "group": "evasion", "method": method, "path_and_query": target, "headers": headers, "body_b64": base64.b64encode(body).decode(),
            "placement": placement, "operators": used, "parent": row["id"], "needs": needs, "victims": sorted(child.victims)}


def written_rows(folder, seed, count, total):
    chance = random.Random(seed)
    entries = chosen_parents(folder, total, chance)
    plan = Plan(entries, chance)
    return [row for row, _ in entries], plan.run(count)


def tables(originals, made, out):
    classes = collections.Counter(it["class"] for it in made)
    firsts = {it["id"]: it["class"] for it in originals}
    print(f"{len(made)} children of {len({it['parent'] for it in made})} parents; depth {dict(sorted(collections.Counter(len(it['operators']) for it in made).items()))}", file=out)
    print(f"\n{'class':22}{'parents':>9}{'children':>9}", file=out)
    for kind in sorted(classes):
        print(f"{kind:22}{sum(it == kind for it in firsts.values()):>9}{classes[kind]:>9}", file=out)
    uses, alone = collections.Counter(), collections.Counter()
    for it in made:
        uses.update(it["operators"])
        alone.update(it["operators"] if len(it["operators"]) == 1 else ())
    print(f"\n{'operator':36}{'uses':>6}{'alone':>7}  needs", file=out)
    for it in OPERATORS:
        print(f"{it.name:36}{uses[it.name]:>6}{alone[it.name]:>7}  {it.needs}", file=out)
    few = [it.name for it in OPERATORS if uses[it.name] < USES_MIN]
    print(f"\n{len(OPERATORS)} operators; used fewer than {USES_MIN} times: {', '.join(few) or 'none'}", file=out)
    return few


def main():
    parser = argparse.ArgumentParser(description="Writes attacks of labelled corpora differently.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--parents", type=int, default=2200)
    arguments = parser.parse_args()
    originals, made = written_rows(arguments.corpora, arguments.seed, arguments.count, arguments.parents)
    if not made:
        sys.exit("no attacks found")
    with arguments.out.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        for row in originals:
            packed.write((json.dumps({**row, "operators": [], "parent": row["id"]}) + "\n").encode())
        for row in made:
            packed.write((json.dumps(row) + "\n").encode())
    tables(originals, made, sys.stdout)


if __name__ == "__main__":
    main()
