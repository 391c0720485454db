"""Who plays in a trial: people with accounts, what happened to them, and scenarios of attackers."""

import contextlib
import random
import threading
from collections import Counter, defaultdict

from client import Client

EXAMPLES_MAX = 5
MASKED = "seen masked"
VERSIONS = {1: {"X-App-Version": "1.4.0", "User-Agent": "trials/1.4"}, 2: {"X-Client": "web/2.0", "User-Agent": "trials/2.0"}}
LOCALES = {
    "en": ("en-GB", ("north", "river", "amber", "quiet", "meadow", "copper", "lantern", "harbour")),
    "cs": ("cs-CZ,cs;q=0.8", ("řeka", "jezero", "žlutý", "tichý", "louka", "měď", "lucerna", "přístav")),
    "el": ("el-GR", ("βορράς", "ποτάμι", "κήπος", "ήσυχο", "λιβάδι", "χαλκός", "φανάρι", "λιμάνι")),
}
GIVEN = ("Anna", "Tom", "Mira", "Joris", "Elif", "Pavel", "Nora", "Sami", "Ines", "Owen", "Ruth", "Karl")
FAMILY = ("Kovac", "Hale", "Lind", "O'Neil", "Demir", "Novak", "Berg", "Costa", "Wells", "Sato", "Duval", "Reyes")


class Interrupted(Exception):
    """A session ends: a call did not do what it does on ordinary days."""


class Book:
    """What happened to people who did nothing wrong. A phase is one part of a trial."""

    def __init__(self):
        self.lock, self.phase = threading.Lock(), "learning"
        self.calls, self.subjects = Counter(), defaultdict(set)
        self.refusals, self.hurt, self.examples = defaultdict(Counter), defaultdict(lambda: defaultdict(set)), {}
        self.odd, self.lost = [], Counter()

    def call(self, person):
        with self.lock:
            self.calls[self.phase] += 1
            self.subjects[self.phase].add(person.number)

    def refused(self, person, clause, call):
        with self.lock:
            self.refusals[self.phase][clause] += 1
            self.hurt[self.phase][clause].add(person.number)
            examples = self.examples.setdefault(f"{self.phase}: {clause}", [])
            if len(examples) < EXAMPLES_MAX:
                examples.append(call)

    def unexpected(self, call):
        """Neither bartizan nor the application did what the trial thinks: a fault of the trial, or a broken answer."""
        with self.lock:
            if len(self.odd) < 50:
                self.odd.append(f"{self.phase}: {call}")

    def lose(self):
        """Nobody answered: while bartizan is being killed."""
        with self.lock:
            self.lost[self.phase] += 1

    def hurt_of(self, number):
        with self.lock:
            return sum(number in people for clauses in self.hurt.values() for people in clauses.values())

    def told(self):
        phases = {}
        for phase, calls in self.calls.items():
            phases[phase] = {
                "calls": calls, "subjects": len(self.subjects[phase]), "unanswered": self.lost[phase],
                "refused": {clause: {"calls": count, "subjects": len(self.hurt[phase][clause])}
                            for clause, count in sorted(self.refusals[phase].items())}}
        hurt = {phase: {clause: sorted(people) for clause, people in of.items()} for phase, of in self.hurt.items()}
        return {"phases": phases, "hurt": hurt, "examples": self.examples, "unexpected": self.odd}


def without(names, value):
    """A value without the fields of these names, at any depth."""
    if isinstance(value, dict):
        return {name: without(names, it) for name, it in value.items() if name not in names}
    return [without(names, it) for it in value] if isinstance(value, list) else value


class Person:
    """Somebody with an account. What people of one application do is told beside the application."""

    # Fields that the second version of the client sends, and the first does not know.
    NEW = frozenset()

    def __init__(self, world, number, role="user"):
        self.world, self.app, self.number, self.role = world, world.app, number, role
        self.random = random.Random(f"{world.seed}/{type(self).__name__}/{number}")
        self.locale, self.version, self.tried, self.answer = "en", 1, [], None
        self.name = f"{self.random.choice(GIVEN)} {self.random.choice(FAMILY)}"
        self.client = self.device()
        self.enrol()

    def device(self):
        """One at the address of the household: people do not all call from one."""
        return Client(self.world.address, source=f"127.0.{1 + self.number // 250 % 250}.{1 + self.number % 250}")

    def fields(self):
        return {"Accept-Language": LOCALES[self.locale][0], **VERSIONS[self.version]}

    def words(self, count=2):
        return " ".join(self.random.choice(LOCALES[self.locale][1]) for _ in range(count))

    def __call__(self, method, target, value=None, want=(200,), device=None, form=None, **how):
        """An ordinary call: whatever else comes of it but `want` is written down."""
        self.world.book.call(self)
        fields = {**self.fields(), **how.pop("fields", {})}
        answer = (device or self.client).call(method, target, value, form=form, fields=fields, **how)
        self.answer = answer
        call = f"{self.role} v{self.version} {method} {target}"
        # Whoever would be turned away by the application alike loses nothing.
        if answer.refused_by and answer.status not in want:
            self.world.book.refused(self, answer.refused_by, f"{call} {(answer.value or {}).get('detail', '')} {value or form or ''}"[:300])
            older = without(self.NEW, value), without(self.NEW, form)
            if older == (value, form):
                raise Interrupted(answer.refused_by)
            # Whoever is refused for what is new goes back to the old client, and on with the visit.
            return self(method, target, older[0], want, device, older[1], **how)
        if answer.status not in want:
            self.world.book.unexpected(f"{call} {answer.status} {answer.text[:120]}")
            raise Interrupted(str(answer.status))
        return answer.value

    def sees(self, shown, right, what):
        """What somebody may see must come as it is: a mask would hurt."""
        if shown != right:
            self.world.book.refused(self, MASKED, f"{what}: {shown!r:.80}")

    def attempt(self, method, target, value=None, **how):
        """A call of an attacker."""
        how["fields"] = {**self.fields(), **how.get("fields", {})}
        answer = self.client.call(method, target, value, **how)
        self.tried.append((method, target, answer))
        return answer

    def logged_out(self, *targets):
        """A call without a token, as of a client that has lost it."""
        token, self.token = self.token, None
        try:
            self("GET", self.random.choice(targets), want=(401,))
        finally:
            self.token = token

    def enrol(self):
        """Gets an account, beside HTTP."""

    def login(self):
        """Logs in: whoever is logged in already gets another token."""

    def session(self):
        """An ordinary visit."""

    def ordinary(self):
        """The visit of an owner to what is its own, as before and after an attack on it."""

    def colleague(self):
        """Somebody of the staff, after ordinary visits."""
        it = type(self)(self.world, self.number + 500_000, "staff")
        for _ in range(2):
            with contextlib.suppress(Interrupted):
                it.session()
        return it

    def close(self):
        self.client.close()


class World:
    """One application, the address under which people reach it, and a seed."""

    def __init__(self, app, address, seed, book):
        self.app, self.address, self.seed, self.book = app, address, seed, book


class Scenario:
    def __init__(self, kind, harm, does):
        self.kind, self.harm, self.does = kind, harm, does
        self.name = does.__name__


class Scenarios(list):
    """The attacks on one application. Each answers whether the harm was done."""

    def add(self, kind, harm):
        def taken(does):
            self.append(Scenario(kind, harm, does))
            return does
        return taken


MASS, UNDECLARED, MISSING, RANGE = "mass assignment", "undeclared field", "missing field", "out of range"
EXPOSURE, OBJECT, TENANT, LIST = "excessive exposure", "cross-owner", "tenant crossing", "cross-owner list"
LOST = "authentication lost"
