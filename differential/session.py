"""One upstream's whole run: the corpus, the journal, the paths; and what of it is a difference."""

import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import http2
import law
import paths
import product
import readings
import strict
import zoo
from lane import Lane

LEAK = b"x-past-the-judge"  # what `--leak` copies past the judge
SILENCES_MAX = 20  # then an upstream is given up
CONTROL_S = 0.2  # so long the control is waited for: it loses its way often
EXAMPLES_MAX = 400  # differences that are kept with their bytes, of each upstream

# Requests that an upstream refuses although it read them alike: what of a message may be the reason.
# A refusal that none of these explains is a difference. `-` stands for every upstream.
LLHTTP = frozenset(b"""DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK
BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PATCH PURGE MKCALENDAR LINK UNLINK
SOURCE QUERY""".split())


def has(name, pattern):
    return lambda it: any(re.search(pattern, value) for value in it.values(name))


LIST_OF_METHODS = (lambda it: it.method not in LLHTTP, "knows a list of methods")
STAR = (lambda it: it.target == b"*", "answers `OPTIONS *` itself")
DECODES = (has(b"content-encoding", b""), "decodes bodies itself")
ESCAPES = (lambda it: re.search(rb"%(?![0-9A-Fa-f]{2})", it.target), "wants sound escapes")
URI = (lambda it: not strict.is_uri(it.target), "wants targets to the letter of RFC 3986")
BEYOND_ASCII = (lambda it: strict.BEYOND_ASCII.search(it.target), "wants targets in ASCII")
FIELDS = (lambda it: len(it.fields) > 100, "takes fewer fields")
SINGLES = (b"authorization", b"content-type", b"user-agent", b"if-none-match", b"if-modified-since", b"range", b"referer", b"host", b"if-match",
           b"accept-language", b"content-location", b"etag", b"max-forwards", b"server", b"if-range", b"content-language")
REPEATED = (lambda it: any(len(it.values(name)) > 1 for name in SINGLES), "wants fields once that have one value")
HANDSHAKE = (lambda it: it.values(b"upgrade"), "wants a whole WebSocket handshake")
SLASHES = (lambda it: it.target.startswith(b"//"), "reads `//` as a host")
DECLINES = {
    "node": (LIST_OF_METHODS, BEYOND_ASCII),
    "uvicorn-httptools": (LIST_OF_METHODS, BEYOND_ASCII),
    "uvicorn-h11": (BEYOND_ASCII,),
    "hypercorn": (BEYOND_ASCII, HANDSHAKE),
    "aiohttp": (DECODES, REPEATED, LIST_OF_METHODS, BEYOND_ASCII, FIELDS),
    "aiohttp-python": (DECODES, REPEATED, FIELDS, BEYOND_ASCII),
    "gunicorn": (REPEATED, (lambda it: not re.fullmatch(rb"[A-Z0-9$\-_.]{3,20}", it.method), "wants methods of 3 to 20 capitals"), BEYOND_ASCII,
                 (lambda it: any(len(value) > 8190 for _, value in it.fields), "takes shorter fields")),
    "go": (STAR, ESCAPES),
    "nginx": (REPEATED, STAR, ESCAPES, BEYOND_ASCII, (lambda it: not re.fullmatch(rb"[A-Z_-]+", it.method), "wants methods of capitals"),
              (lambda it: re.search(rb"%00", it.target), "wants no NUL"), (has(b"host", rb"\.\."), "wants sound hosts")),
    "waitress": (BEYOND_ASCII, (lambda it: it.method != it.method.upper(), "wants methods of capitals")),
    "tornado": (BEYOND_ASCII, (has(b"content-type", rb"(?i)multipart"), "reads parts itself, and wants them sound")),
    "jdk": (URI, STAR, SLASHES),
}


@dataclass
class Difference:
    """Something that must not be. `what` is its kind; `sent` the client's bytes."""

    what: str
    case: str
    told: str
    sent: bytes


@dataclass
class Result:
    """The figures of one upstream."""

    name: str
    counts: Counter = field(default_factory=Counter)
    differences: list = field(default_factory=list)
    declined: Counter = field(default_factory=Counter)
    shortfall: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)
    missing: str = ""
    seconds: float = 0.0

    def differs(self, what, case, told, sent):
        self.counts["splits" if what == "split" else "differences"] += 1
        if len(self.differences) < EXAMPLES_MAX:
            self.differences.append(Difference(what, case, told, sent[:600]))

    def example(self, key, case, sent):
        kept = self.examples.setdefault(key, [])
        if len(kept) < 5:
            kept.append((case, sent[:300]))


@dataclass
class Settings:
    """What `run` was asked for."""

    binary: Path
    cache: Path
    seed: int
    quick: bool = False
    control: bool = False
    leak: bool = False
    deny: bool = False
    only: str = ""
    parts: tuple = ("http1", "http2", "paths")


def run(name, settings):
    """Runs one upstream. Never raises for what is missing here."""
    result = Result(name)
    since = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        upstream = None
        try:
            if name != "raw":
                upstream = zoo.Upstream(name, settings.cache, Path(folder) / "upstream")
            if name not in zoo.PATHS_ONLY:
                Session(result, settings, upstream, Path(folder)).messages()
            if "paths" in settings.parts and name != "raw" and not settings.control and not settings.leak:
                Session(result, settings, upstream, Path(folder)).paths()
        except zoo.Missing as why:
            result.missing = str(why)
        except Silent:
            result.differs("silence", "end", "given up: too many requests were not answered", b"")
        finally:
            if upstream:
                upstream.stop()
    result.seconds = time.monotonic() - since
    return result


class Silent(Exception):
    """Too many requests were not answered."""


class Session:
    """One product in front of one upstream."""

    def __init__(self, result, settings, upstream, folder):
        self.result, self.settings, self.upstream, self.folder = result, settings, upstream, folder
        self.is_together = False
        self.passed = []  # (case, message, differing reading or None), in order: for the journal

    def open(self, enforce):
        port, log = (self.upstream.port, self.upstream.log) if self.upstream else (None, None)
        self.lane = Lane(port, log, self.settings.leak, CONTROL_S if self.settings.control else None)
        self.lane.records()
        where = self.folder / ("enforce" if enforce else "observe")
        if self.settings.control:
            self.product = product.Naive(self.lane.tap_port, where)
        else:
            deny = enforce and self.settings.deny
            self.product = product.Bartizan(self.settings.binary, self.lane.tap_port, where, enforce, deny)

    def messages(self):
        self.open(enforce=False)
        try:
            if "http1" in self.settings.parts:
                for case in self.corpus():
                    if self.settings.only in case.name:
                        self.http1(case)
            if "http2" in self.settings.parts and not self.settings.control:
                for case in http2.build(self.settings.seed, self.settings.quick):
                    if self.settings.only in case.name:
                        self.http2(case)
            # What an earlier case left behind would show now.
            self.http1(corpus.Case("last", "last", corpus.NEXT))
            observations = self.product.journal()
            if observations is not None and not self.settings.leak:
                self.journal(observations)
        finally:
            self.product.stop()
            self.lane.close()

    def corpus(self):
        cases = corpus.build(self.settings.seed, self.settings.quick)
        if self.settings.control:  # it answers slowly, and a few hundred cases convict it
            return [it for it in cases if it.kind == "named"]
        return cases

    def exchange(self, name, wire, is_answered, is_whole):
        answer, timed_out = self.lane.exchange(self.product.port, wire, is_answered, is_whole)
        if timed_out and not self.settings.control:
            sent = b"".join(wire) if isinstance(wire, list) else wire
            self.result.counts["silences"] += 1
            self.result.differs("silence", name, "no answer in time", sent)
            if self.result.counts["silences"] > SILENCES_MAX:
                raise Silent
        return answer

    def http1(self, case):
        sent = case.sent()
        oracle = strict.requests(sent, strict.Rules(raw_targets=True))
        wanted = []
        for message in oracle.messages:
            wanted.append(message)
            if not message.keeps_alive():
                break
        is_whole = len(wanted) < len(oracle.messages) or oracle.state == "clean"
        methods = [it.method for it in wanted]

        def is_answered(answer):
            return len(strict.responses(answer, methods).messages) >= len(wanted)

        answer = self.exchange(case.name, case.wire, is_answered, is_whole and bool(wanted))
        self.result.counts["sent"] += 1
        if self.settings.control:
            return self.control(case, sent)
        expected = [law.expected(it, self.product.default_host) for it in wanted]
        got = self.passing(case, sent, expected, oracle.reason)
        lacking = len(expected) - len(got)
        if lacking > 0:
            self.result.shortfall[case.family] += 1
            self.result.example(("refused", case.family), case.name, sent)
        self.answers(case, sent, strict.responses(answer, methods, self.lane.ended).messages)

    def http2(self, case):
        wire = case.wire()
        faults = [law.is_well_formed_http2(it.pairs, it.body, it.has_end) for it in case.streams]
        numbers = {2 * it + 1 for it, stream in enumerate(case.streams)}

        def is_answered(answer):
            ended, _, is_over = http2.read(answer)
            return not is_whole or is_over or numbers <= ended

        is_whole = all(it.has_end for it in case.streams)
        self.exchange(case.name, wire, is_answered, is_whole)
        self.result.counts["sent"] += 1
        expected = [law.expected_http2(it.pairs, it.body)
                    for it, fault in zip(case.streams, faults) if fault is None]
        self.is_together = len(case.streams) > 1
        got = self.passing(case, wire, expected, next((it for it in faults if it), ""))
        self.is_together = False
        if len(got) < len(expected):
            self.result.shortfall[case.family] += 1
            self.result.example(("refused", case.family), case.name, wire)

    def passing(self, case, sent, expected, reason):
        """Judges what passed the tap since the last case, and what the upstream made of it."""
        pairs, broken, spare, records, careless = self.lane.take()
        if self.is_together:
            # Streams of one connection go upstream side by side, in any order.
            pairs.sort(key=lambda it: it[0].target)
            records = sorted(records, key=lambda it: it[0]["target"])
        result = self.result
        for why, raw in broken:
            result.differs("grammar", case.name, f"forwarded bytes break the grammar ({why}): {raw!r}", sent)
        for told in careless:
            result.differs("lenient", case.name, told, sent)
        if spare:
            result.differs("split", case.name, f"{spare} more answers than requests", sent)
        result.counts["forwarded" if pairs else "refused"] += 1
        result.counts["messages"] += len(pairs)
        for at, (message, _) in enumerate(pairs):
            # Forwarded as it is and noted as `path.raw_byte`, which the record is held to below.
            result.counts["raw targets"] += bool(strict.BEYOND_ASCII.search(message.target))
            if at >= len(expected):
                result.differs("law", case.name, f"forwarded {message.method!r} {message.target!r}, which the grammar does not have: {reason or 'nothing more was sent'}", sent)
                continue
            told = law.difference(expected[at], message, isinstance(case, http2.Case))
            result.counts["leaked"] += bool(message.values(LEAK))
            apart = law.fields_difference(expected[at][2], message, isinstance(case, http2.Case))
            result.counts["leaks seen"] += bool(apart and LEAK in apart.encode().lower())
            if told:
                result.differs("law", case.name, told, sent)
        self.read(case, sent, pairs, list(records))
        return [message for message, _ in pairs]

    def read(self, case, sent, pairs, records):
        """Compares what the upstream read with what it was sent."""
        result, self.seen = self.result, []
        due = sum(1 for message, answer in pairs if answer is not None and (
            answer.value(b"x-seen") is not None or message.values(b"upgrade")))
        # Many servers hand on a request whose body then breaks off; the wire shows that it did.
        while len(records) > due and self.is_broken_off(records[0][0]):
            result.counts["broken off"] += 1
            records.pop(0)
        for message, answer in pairs:
            reading = None
            was_seen = answer is not None and (answer.value(b"x-seen") or answer.value(b"x-raw")) is not None
            if self.upstream is None:
                pass
            elif was_seen and not records:
                result.differs("reading", case.name, "answered, and logged nothing", sent)
            elif was_seen or is_handshake_of(records, message):
                record, raw = records.pop(0)
                self.seen.append((message, raw, was_seen))
                reading = readings.difference(self.result.name, message, record)
                if was_seen and message.method != b"HEAD" and answer.body != raw + b"\n":
                    result.differs("reading", case.name, "answered otherwise than it logged", sent)
            elif answer is None:
                result.counts["unanswered"] += 1
                self.lane.cuts.append((readings.text(message.method), readings.text(message.target)))
                result.example(("unanswered",), case.name, sent)
            else:
                self.decline(case, sent, message, answer)
            self.passed.append((case, sent, message, reading))
        for record, _ in records:
            if self.is_broken_off(record):
                result.counts["broken off"] += 1
                continue
            result.differs("split", case.name, f"the upstream read {record['method']} {record['target']}, which was not forwarded", sent)

    def is_broken_off(self, record):
        """Whether this is the one record of a request that broke off on the wire, or whose client left
        before it was answered."""
        seen = (record["method"], record["target"])
        if seen not in self.lane.cuts:
            return False
        self.lane.cuts.remove(seen)
        return True

    def decline(self, case, sent, message, answer):
        self.result.counts["declined"] += 1
        for why, reason in DECLINES.get(self.result.name, ()):
            if why(message):
                self.result.declined[reason] += 1
                return
        self.result.differs("decline", case.name, f"the upstream answered {answer.status} to {message.method!r} {message.target[:80]!r} {message.fields!r:.600}", sent)

    def answers(self, case, sent, answers):
        """The client's answers must be the upstream's, in the order of its requests."""
        seen = [it.body for it in answers if it.value(b"x-seen") is not None and it.body]
        logged = [raw + b"\n" for message, raw, was_seen in self.seen if was_seen and message.method != b"HEAD"]
        if seen != logged[:len(seen)]:
            self.result.differs("answer", case.name, "the client was given another answer than its own", sent)

    def control(self, case, sent):
        """The control has no law to hold: what counts is whether the upstream saw what it judged."""
        judged, until = [], time.monotonic() + 1
        while b"end\n" not in judged and time.monotonic() < until:
            self.lane.pump(0.005)
            judged += self.product.judged()
        judged = [it for it in judged if it != b"end\n"]
        self.lane.pump(0.005)
        _, broken, _, records, _ = self.lane.take()
        result = self.result
        result.counts["forwarded" if judged else "refused"] += 1
        result.counts["messages"] += len(judged)
        if broken:
            result.differs("grammar", case.name, broken[0][0], sent)
        if len(records) > len(judged):
            result.differs("split", case.name, f"judged {len(judged)}, the upstream read {len(records)}", sent)
        reached = sum(record["target"] == "/smuggled" for record, _ in records)
        result.counts["smuggled"] += max(0, reached - sum(b" /smuggled " in line for line in judged))

    def journal(self, observations):
        """The product's own record must name each forwarded request, in order, and no other."""
        at, result, early = 0, self.result, self.lane.early
        for it in observations:
            result.counts[f"journal {it['outcome']}"] += 1
            if not it["forwarded_us"]:
                continue
            ahead = self.passed[at:at + 2]
            if len(ahead) == 2 and ahead[0][0] is ahead[1][0] and isinstance(ahead[0][0], http2.Case) and not is_record_of(it, ahead[0][2]):
                self.passed[at:at + 2] = reversed(ahead)
            case, sent, message, reading = self.passed[at] if at < len(self.passed) else (None, b"", None, None)
            if message and is_record_of(it, message):
                at += 1
                is_noted = any(odd.startswith("path.") for odd in it["oddities"])
                if reading and reading[0] == "target" and is_noted:
                    result.counts["noted"] += 1
                    result.example(("noted", *sorted(it["oddities"])), case.name, sent)
                elif reading:
                    result.differs("reading", case.name, reading[1], sent)
            elif it["outcome"] == "served" and early:
                early -= 1  # answered before its body had come, which then never came
            elif it["outcome"] == "served":
                result.differs("journal", case.name if case else "end", f"recorded as forwarded, but not seen on the wire: {it['endpoint']}; next on the wire {message and (message.method, message.target[:60])}", sent)
                return
        if at < len(self.passed):
            case, sent, message, _ = self.passed[at]
            result.differs("journal", case.name, f"forwarded, but not recorded: {message.method!r} {message.target[:80]!r}", sent)

    def paths(self):
        self.open(enforce=True)
        counts, result = self.result.counts, self.result
        spelled, ordinary = paths.spellings(self.settings.seed), paths.legitimate(self.settings.seed)
        if self.settings.quick:
            spelled, ordinary = spelled[::6], ordinary[::6]
        try:
            for number, it in enumerate(spelled):
                # Most in origin form, one in eight in absolute form.
                target = paths.absolute(it) if number % 8 == 7 else it.target
                forwarded, record = self.ask(target)
                is_literal = paths.is_literal(it.target)
                counts["spellings"] += 1
                counts["spellings forwarded"] += forwarded
                if record is None:
                    continue
                route = record["route"]
                if route != "admin" and cleaned(record["path"] or record["target"]):
                    route = "cleaned"
                if is_literal:
                    counts["literal forwarded"] += 1
                    if self.settings.deny:
                        result.differs("bypass", f"path {it.family}", f"{target!r} passed the rule", target)
                elif route == "admin":
                    counts["bypasses"] += 1
                    result.differs("bypass", f"path {it.family}", f"{target!r} reaches the handler of /admin", target)
                elif route == "cleaned":
                    counts["bypasses when cleaned"] += 1
                    result.example(("cleaned", it.family), it.family, target)
            for target in ordinary:
                forwarded, _ = self.ask(target)
                counts["ordinary"] += 1
                if not forwarded:
                    counts["ordinary refused"] += 1
                    result.example(("ordinary refused",), "ordinary", target)
        finally:
            self.product.stop()
            self.lane.close()

    def ask(self, target):
        """Whether a GET of `target` was forwarded, and the upstream's record of it."""
        wire = b"GET " + target + b" HTTP/1.1\r\nHost: h\r\n\r\n"
        is_answered = lambda answer: bool(strict.responses(answer).messages)
        self.exchange("path", wire, is_answered, True)
        pairs, _, _, records, _ = self.lane.take()
        return bool(pairs), records[0][0] if records else None


def is_handshake_of(records, message):
    """Whether the next record is that of a WebSocket handshake, which is answered with a refusal."""
    return bool(message.values(b"upgrade")) and records[:1] and records[0][0]["target"] == readings.text(message.target)


def cleaned(path):
    """Whether a path is the denied one after what careless handlers do: slashes merged, backslashes
    turned, parameters cut off, dot segments removed, spaces stripped."""
    path = re.sub(r"[?#].*", "", path).replace("\\", "/")
    path = re.sub(r";[^/]*", "", path).split("\0")[0]
    kept = []
    for segment in path.split("/"):
        if segment == "..":
            kept[-1:] = []
        elif segment.strip() not in ("", "."):
            kept.append(segment.strip())
    return kept[:1] == ["admin"]


def is_record_of(observation, message):
    """Whether an observation can be the record of a message: method, body, and the path as far as
    its template keeps it."""
    method, _, template = observation["endpoint"].partition(" ")
    known = b"GET HEAD POST PUT PATCH DELETE OPTIONS TRACE".split()
    sent = message.method.decode() if message.method in known else "OTHER"
    if method != sent or observation["request_body_bytes"] != len(message.body):
        return False
    path = message.target.split(b"?")[0].decode("latin-1")
    have, kept = path.split("/"), template.split("/")
    return len(have) == len(kept) and all(a == b or "{" in b or "%" in a or "\\" in b for a, b in zip(have, kept))
