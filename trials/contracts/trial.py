"""One application behind one bartizan: people teach it, it is put in force, new people come, and attackers.

    python3 trials/contracts/trial.py clinic --seed 1 --users 80 --bartizan PATH --folder OUT [--poison 10000]
"""

import argparse
import copy
import contextlib
import importlib
import json
import random
import sys
import threading
import time
from pathlib import Path

from client import Client, Unreachable
from crowd import play, visit, visits
from guard import Guard
from service import Serving
from stage import EXPOSURE, LOST, TENANT, Book, Interrupted, World

APPLICATIONS = ("clinic", "tracker", "bank", "bookings")
# A laboratory proposes after a minute and holds what was handed out as known after half a minute more.
LEARN_S, SETTLE_S, SETTLE_MAX_S, JUDGE_S, PEAK_S = 80, 45, 120, 25, 8
# A running bartizan follows decisions of the command within three seconds.
FOLLOW_S = 4
WORKERS, PEAK_WORKERS = 6, 16
STAFF_EVERY = 12
NEWCOMERS = 0.3
# Victims take part in everything until they are attacked, and in nothing afterwards.
VICTIMS = 12
ATTACKERS_FROM = 120_000
RESTART_S = 12
FLOOD_SUBJECTS, FLOOD_WORKERS = 500, 4


def in_force(clauses, method, target):
    """Names of the clauses that an endpoint is held to."""
    path = target.partition("?")[0].split("/")
    names = set()
    for it in clauses:
        template = it["path"].split("/")
        fits = len(path) == len(template) and all(b.startswith("{") or a == b for a, b in zip(path, template))
        if fits and it["method"] == ("GET" if method == "HEAD" else method) and it["force"] == "enforce":
            names.add(it["clause"])
    return sorted(names)


def said(*what):
    print(time.strftime("%H:%M:%S"), *what, flush=True)


class Trial:
    def __init__(self, name, seed, users, folder):
        self.name, self.seed, self.folder = name, seed, folder
        self.module = importlib.import_module(name)
        self.app = self.module.APPLICATION(seed)
        self.serving, self.book = Serving(self.app), Book()
        self.world = World(self.app, self.serving.address, seed, self.book)
        self.random = random.Random(f"trial/{name}/{seed}")
        self.users, self.people, self.victims = users, [], []

    def admit(self, first, count):
        """People with accounts; one in twelve works there, one in a bank is a partner."""
        roles = ["staff" if n % STAFF_EVERY == 5 else "user" for n in range(first, first + count)]
        if self.name == "bank" and first == 0:
            roles[3] = "partner"
        return [self.module.PERSON(self.world, first + n, role) for n, role in enumerate(roles)]

    def begin(self):
        self.people = self.admit(0, self.users)
        ordinary = [it for it in self.people if it.role == "user"]
        self.victims = ordinary[-VICTIMS:]

    # What is shown.

    def bare(self):
        """Each attack, with nothing in front: whether it does the harm that it says."""
        self.begin()
        for person in self.people:
            visit(person)
            visit(person)
        return {it.name: self.attacked(it, n)["harm_done"] for n, it in enumerate(self.module.attacks)}

    def attacked(self, scenario, number):
        """One attack by somebody new, who has used the application as everybody does; then its owner comes again."""
        victim = self.victims[number % len(self.victims)]
        kin = ATTACKERS_FROM + 12 * number + victim.number % 12
        attacker = self.module.PERSON(self.world, kin)
        out = {"application": self.name, "name": scenario.name, "kind": scenario.kind, "harm": scenario.harm}
        was_well = visit(victim, lambda it: it.ordinary()) and visit(attacker) and visit(attacker)
        hurt_before = self.book.hurt_of(victim.number)
        try:
            done = bool(scenario.does(attacker, victim, self.app))
            fault = None
        except (Interrupted, Unreachable, KeyError, IndexError, TypeError, StopIteration, AttributeError) as it:
            done, fault = None, f"{type(it).__name__} {it}"
        method, target, last = attacker.tried[-1] if attacker.tried else ("", "", None)
        undisturbed = visit(victim, lambda it: it.ordinary()) and self.book.hurt_of(victim.number) == hurt_before
        attacker.close()
        return out | {
            "harm_done": done, "fault": fault, "undisturbed": undisturbed, "prepared": was_well,
            "method": method, "target": target, "status": last and last.status, "refused_by": last and last.refused_by, "decision": last and last.decision}

    def poison(self, calls, seconds):
        """One attacker who teaches for the whole time: names what is others', sets what nobody sets, and sends other types."""
        attacker = self.module.PERSON(self.world, 999_984)
        visit(attacker)
        # Nobody can bring about the faults of a release, or another account.
        attacks = [it for it in self.module.attacks if it.kind not in (TENANT, EXPOSURE, LOST)]
        end, rng, sent = time.monotonic() + seconds, random.Random(f"poison/{self.seed}"), 0
        while sent < calls and time.monotonic() < end:
            victim = rng.choice(self.people)
            before = len(attacker.tried)
            with contextlib.suppress(Exception):
                if sent % 200 == 0:
                    visit(attacker)
                rng.choice(attacks).does(attacker, victim, self.app)
            sent += max(1, len(attacker.tried) - before)
            attacker.tried.clear()
        return sent

    def learn(self, guard, poison):
        """People with the first version, until clauses against harm are in force."""
        said(self.name, "learning")
        poisoned = []
        if poison:
            thread = threading.Thread(target=lambda: poisoned.append(self.poison(poison, LEARN_S)), daemon=True)
            thread.start()
        play(visits(self.people, self.random, LEARN_S, 4), WORKERS)
        if profile := getattr(self.module, "PROFILE", None):
            guard.confirm(profile)
        self.book.phase, began, since = "settling", time.monotonic(), None
        while time.monotonic() - began < SETTLE_MAX_S:
            play(visits(self.random.sample(self.people, max(1, len(self.people) // 2)), self.random, 5, 1), WORKERS)
            harm = [it for it in guard.clauses() if it["is_harm"] and it["stage"] == "proposed"]
            in_force = [it for it in harm if it["force"] == "enforce"]
            if harm and len(in_force) == len(harm):
                since = since or time.monotonic()
                if time.monotonic() - since > SETTLE_S:
                    break
        if poison:
            thread.join()
        return {"harm_clauses": len(harm), "enforced": len(in_force), "settled_s": round(time.monotonic() - began),
                "poison_calls": sum(poisoned)}

    def judge(self, newcomers, guard):
        """A new release, new people, another language, the old client beside the new one.

        Clauses of habit that refuse somebody, or suspend themselves over that, are taken back by hand, as an operator would, and put in force
        again when people have used the new client for a while. Then comes a peak.
        """
        self.book.phase, self.app.version = "new version", 2
        said(self.name, self.book.phase)
        for n, it in enumerate(self.people):
            # Attackers and those whom they attack keep the old client, which lives on: attacks are judged apart from a release.
            is_old = n % 4 == 0 or it in self.victims
            it.version, it.locale = (1 if is_old else 2), ("en", "cs", "el")[n % 3]
        play(visits(self.people + newcomers, self.random, JUDGE_S, 2), WORKERS)
        withdrawn = guard.withdraw_habits()
        time.sleep(FOLLOW_S)
        self.book.phase = "reviewed"
        play(visits(self.people + newcomers, self.random, JUDGE_S, 2), WORKERS)
        again = guard.apply_again(withdrawn)
        time.sleep(FOLLOW_S)
        self.book.phase = "peak"
        play(visits(self.people + newcomers, self.random, PEAK_S, 2), PEAK_WORKERS)
        return {"withdrawn": [f"{it['clause']} {it['method']} {it['path']}" for it in withdrawn], "again": again}

    def recycle(self, people):
        """Numbers of deleted things are given again, to somebody else."""
        self.book.phase, again = "recycling", 0
        said(self.name, self.book.phase)
        for one, other in zip(people[::2], people[1::2]):
            def hand_over(one):
                if not one.payees:
                    one.ordinary()
                one("DELETE", f"/api/payees/{one.payees[-1]}", want=(204,))
                return one.payees.pop()

            def take_over(other):
                made = other("POST", "/api/payees", {"name": "again", "account": other.paid}, want=(201,))["payee"]
                other.payees.append(made)
                other("PUT", f"/api/payees/{made}", {"name": "mine", "account": other.paid})
                other("GET", "/api/payees")
                other("DELETE", f"/api/payees/{other.payees.pop()}", want=(204,))
                # A client that got no answer tries again.
                other("DELETE", f"/api/payees/{made}", want=(404,))

            again += visit(one, hand_over) and visit(other, take_over)
        return again

    def share(self, people):
        """Two people at one browser, one after the other over one connection; and a family with one account on two devices."""
        self.book.phase = "sharing"
        said(self.name, self.book.phase)
        for one, other in zip(people[::2], people[1::2]):
            mine, other.client = other.client, one.client
            for it in (one, other, one):
                visit(it)
                visit(it, lambda it: it.login() if it.role != "partner" else None)
            other.client = mine
            family = copy.copy(one)
            family.client = one.device()
            threads = [threading.Thread(target=visit, args=(it, lambda it: it.ordinary() if it.role == "user" else it.session()))
                       for it in (one, family)]
            for it in threads:
                it.start()
            for it in threads:
                it.join()
            family.close()

    def restart(self, guard, people):
        """`kill -9` in mid-traffic. People go on with what they were handed before."""
        self.book.phase = "kill"
        said(self.name, self.book.phase)
        before = len(guard.clauses())
        thread = threading.Thread(target=play, args=(visits(people, self.random, RESTART_S, 2), WORKERS))
        thread.start()
        time.sleep(RESTART_S / 3)
        guard.kill()
        guard.start()
        thread.join()
        self.book.phase = "after the kill"
        play(visits(people, self.random, RESTART_S * 3, 2), WORKERS)
        return {"clauses_before": before, "clauses_after": len(guard.clauses())}

    def flood(self, people):
        """Callers whom nobody knows are handed millions of references, so that tables forget. Only where an application has such lists."""
        self.book.phase = "flood"
        said(self.name, self.book.phase)
        left, lock, handed = list(range(FLOOD_SUBJECTS)), threading.Lock(), [0]

        def work():
            client = Client(self.world.address)
            while True:
                with lock:
                    if not left:
                        return
                    n = left.pop()
                token = self.app.token(sub=f"invented-{self.seed}-{n}", practice="big", role="doctor")
                with contextlib.suppress(Unreachable):
                    answer = client.call("GET", "/practices/big/patients", fields={"Authorization": f"Bearer {token}"})
                    with lock:
                        handed[0] += len((answer.value or {}).get("items", []))

        threads = [threading.Thread(target=work, daemon=True) for _ in range(FLOOD_WORKERS)]
        for it in threads:
            it.start()
        play(visits(people, self.random, 10, 1), WORKERS)
        for it in threads:
            it.join()
        self.book.phase = "after the flood"
        play(visits(people, self.random, 10, 2), WORKERS)
        return {"subjects": FLOOD_SUBJECTS, "references": handed[0]}

    def run(self, binary, poison):
        began, out = time.monotonic(), {"application": self.name, "seed": self.seed, "poisoned": bool(poison)}
        guard = Guard(binary, self.serving.address, self.folder)
        self.world.address = guard.address
        try:
            self.begin()
            out["learning"] = self.learn(guard, poison)
            out["habits_applied"] = guard.apply_habits()
            time.sleep(FOLLOW_S)
            self.write("clauses.json", guard.clauses())
            newcomers = self.admit(self.users, max(2, int(self.users * NEWCOMERS)))
            for it in newcomers:
                it.version, it.locale = 2, "el"
            out["release"] = self.judge(newcomers, guard)
            clauses = guard.clauses()
            self.write("clauses-reviewed.json", clauses)
            self.book.phase = "attacks"
            said(self.name, self.book.phase)
            out["scenarios"] = [self.attacked(it, n) for n, it in enumerate(self.module.attacks)]
            for it in out["scenarios"]:
                it["in_force"] = in_force(clauses, it["method"], it["target"])
            rest = [it for it in self.people if it not in self.victims and it.role != "partner"] + newcomers
            if not poison:
                if self.name == "bank":
                    out["recycled"] = self.recycle([it for it in rest if it.role == "user"])
                self.share([it for it in rest if it.role == "user"][:20])
                if self.name == "clinic":
                    out["flood"] = self.flood(rest)
                out["restart"] = self.restart(guard, rest)
            time.sleep(2)
            self.write("refusals.json", guard.exchanges())
            self.write("clauses-after.json", guard.clauses())
        finally:
            guard.stop()
            self.serving.stop()
        return out | {"people": self.book.told(), "users": len(self.people), "seconds": round(time.monotonic() - began)}

    def write(self, name, value):
        (self.folder / name).write_text(json.dumps(value, indent=1, ensure_ascii=False))


def bare(name, seed, folder):
    trial = Trial(name, seed, 26, folder)
    try:
        return trial.bare()
    finally:
        trial.serving.stop()


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("name", choices=APPLICATIONS)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--users", type=int, default=80)
    asked.add_argument("--poison", type=int, default=0, help="calls of one attacker while bartizan learns")
    asked.add_argument("--bartizan", type=Path, required=True)
    asked.add_argument("--folder", type=Path, required=True, help="a new one")
    asked = asked.parse_args()
    asked.folder.mkdir(parents=True)
    harms = bare(asked.name, asked.seed, asked.folder)
    out = Trial(asked.name, asked.seed, asked.users, asked.folder).run(asked.bartizan.resolve(), asked.poison)
    for it in out["scenarios"]:
        it["harms_when_bare"] = harms[it["name"]]
    (asked.folder / "trial.json").write_text(json.dumps(out, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
