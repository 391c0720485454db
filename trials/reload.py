#!/usr/bin/env python3
"""Reload: requests of every kind while the configuration changes; then a stop under load.

Each revision differs from the others in what its exchanges show: which origin answers, what the path is rewritten to, whether
an injection is refused, how long a target may be, whether /extra exists, whether the field `server` is left out. Each
exchange's observation carries its revision: all of these must be those of that one revision.
"""

import asyncio
import json
import multiprocessing
import random
import time
import urllib.parse
from collections import Counter

import kit

REQUESTS, CHANGES, STOPS = (10_000, 30, 3) if kit.QUICK else (100_000, 300, 8)
WITHIN_S = 20
SHARES = {"kept": 12, "new": 4, "http2": 3}            # connections of one client process
INJECTION = "q=" + urllib.parse.quote("' UNION SELECT a,b FROM users--")
LONG = "q=" + "y" * 600
LETTERS = "ghijklmnop"
LATE_MS = 400
fork = multiprocessing.get_context("fork")


def word(count):
    """A number in letters that no template replaces."""
    return "k" + "".join(LETTERS[int(it)] for it in str(count))


def configuration(change, ports, certificates):
    upstream = ("first", "second")[change // 2 % 2]
    routes = [{"name": "main", "path": "/a", "upstream": upstream, "rewrite": f"/v{word(change)}"}]
    if change // 3 % 2:
        routes.append({"name": "extra", "path": "/extra", "upstream": upstream})
    return {
        "mode": ("observe", "enforce")[change % 2],
        "certificates": [{"certificate": str(certificates[0]), "key": str(certificates[1])}],
        "upstreams": [{"name": it, "url": f"http://127.0.0.1:{ports[it]}"} for it in ("first", "second")],
        "routes": routes,
        "limits": {"target_bytes_max": (8192, 512)[change // 5 % 2]},
    }


def kinds():
    while True:
        for it in ("get", "get", "injection", "post", "get", "extra", "long", "late", "get", "post"):
            yield it


def asked(kind, name):
    path = f"/{'extra' if kind == 'extra' else 'a'}/{name}"
    if kind == "injection":
        path += "?" + INJECTION
    if kind == "long":
        path += "?" + LONG
    fields = [("content-type", "application/json")] if kind == "post" else [("x-do", f"wait={LATE_MS}")] if kind == "late" else []
    return ("POST" if kind == "post" else "GET"), path, fields, (b'{"text":"ordinary"}' if kind == "post" else None)


class Client:
    """One process of clients."""

    def __init__(self, port, first, quota, done, over, seen):
        self.port, self.ids, self.quota, self.done, self.over = port, first, quota, done, over
        self.seen, self.kinds, self.file = [], kinds(), seen
        self.plain, self.h2 = kit.client_context(), kit.client_context(("h2",))

    def take(self):
        if self.over.is_set() or self.quota <= 0:
            return None
        self.quota -= 1
        self.ids += 1
        return word(self.ids), next(self.kinds)

    def note(self, name, kind, how, reply, fault="", extra=None):
        with self.done.get_lock():
            self.done.value += 1
        row = [name, kind, how, reply.status if reply else 0, "", "", False, fault, extra]
        if reply:
            row[4], row[5] = reply.fields.get(b"x-origin", b"").decode(), reply.fields.get(b"x-target", b"").decode()
            row[6] = b"server" in reply.fields
        self.seen.append(row)

    async def kept(self, think=(0, 0)):
        wire = None
        while took := self.take():
            name, kind = took
            await self.one(name, kind, wire, "kept") if wire and wire.is_open else None
            if not (wire and wire.is_open):
                if not (wire and self.seen and self.seen[-1][0] == name):
                    wire = await self.fresh(name, kind, "kept")
            if think[1]:
                await asyncio.sleep(random.uniform(*think))
        if wire:
            wire.close()

    async def fresh(self, name, kind, how):
        try:
            wire = await asyncio.wait_for(kit.Http1.connect(self.port, self.plain), WITHIN_S)
        except (OSError, asyncio.TimeoutError) as fault:
            self.note(name, kind, how, None, f"connect: {type(fault).__name__}", "connect")
            return None
        await self.one(name, kind, wire, how)
        return wire

    async def one(self, name, kind, wire, how):
        method, path, fields, body = asked(kind, name)
        try:
            self.note(name, kind, how, await asyncio.wait_for(wire.send(kit.request(method, path, fields, body)), WITHIN_S))
        except (kit.Gone, asyncio.TimeoutError) as fault:
            self.note(name, kind, how, None, type(fault).__name__)
            wire.close()

    async def new(self):
        while took := self.take():
            wire = await self.fresh(*took, "new")
            if wire:
                wire.close()

    async def http2(self):
        state = {"wire": None, "lock": asyncio.Lock()}

        async def stream():
            while took := self.take():
                name, kind = took
                method, path, fields, body = asked(kind, name)
                for _ in range(5):
                    try:
                        async with state["lock"]:
                            if not (state["wire"] and state["wire"].takes):
                                state["wire"] = await asyncio.wait_for(kit.Http2.connect(self.port, self.h2), WITHIN_S)
                        reply = await asyncio.wait_for(state["wire"].send(method, path, fields, body, "https"), WITHIN_S)
                        self.note(name, kind, "http2", reply)
                    except kit.Refused:
                        continue
                    except OSError as fault:
                        self.note(name, kind, "http2", None, f"connect: {type(fault).__name__}", "connect")
                    except (kit.Gone, asyncio.TimeoutError) as fault:
                        self.note(name, kind, "http2", None, f"{type(fault).__name__} {fault}")
                    break

        await asyncio.gather(*(stream() for _ in range(8)))
        if state["wire"]:
            state["wire"].close()

    async def main(self, think):
        await asyncio.gather(*(self.kept(think) for _ in range(SHARES["kept"])), *(self.new() for _ in range(SHARES["new"])),
                             *(self.http2() for _ in range(SHARES["http2"])))
        self.file.write_text(json.dumps(self.seen))


class Held:
    """What lasts through many changes: WebSockets that echo, event streams, slow uploads."""

    def __init__(self, port, over, file, count):
        self.port, self.over, self.file, self.count = port, over, file, count
        self.context = kit.client_context()
        self.told, self.uploads = Counter(), []

    async def socket(self, at):
        wire = await kit.Http1.connect(self.port, self.context)
        fields = [("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")]
        reply = await asyncio.wait_for(wire.send(kit.request("GET", f"/a/socket{word(at)}", fields)), WITHIN_S)
        if reply.status != 101:
            self.told[f"websocket refused {reply.status}"] += 1
            return
        back = asyncio.Queue()
        wire.raw = back.put_nowait
        while not self.over.is_set():
            mask = random.randbytes(4)
            text = b"echo %06d" % random.randrange(10 ** 6)
            wire.wire.write(bytes([0x81, 0x80 | len(text)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(text)))
            try:
                got = await asyncio.wait_for(back.get(), WITHIN_S)
                self.told["echoes" if got == bytes([0x81, len(text)]) + text else "echoes wrong"] += 1
            except asyncio.TimeoutError:
                self.told["echoes lost"] += 1
                return
            if not wire.is_open:
                self.told["websockets cut"] += 1
                return
            await asyncio.sleep(0.3)
        wire.close()

    async def events(self, at):
        wire = await kit.Http1.connect(self.port, self.context)
        got = bytearray()
        wire.raw = got.extend
        wire.wire.write(kit.request("GET", f"/a/events{word(at)}", [("x-do", "sse")]))
        while not self.over.is_set():
            before = len(got)
            await asyncio.sleep(1.5)
            self.told["events going on" if len(got) > before and wire.is_open else "event streams silent or cut"] += 1
            if not wire.is_open:
                return
        wire.close()

    async def upload(self, at):
        count = 0
        while not self.over.is_set():
            count += 1
            name = f"upload{word(at)}-{word(count)}"
            try:
                wire = await kit.Http1.connect(self.port, self.context)
                held = at % 2
                kind = "application/json" if held else "application/octet-stream"
                pieces = [b'["']+[b"x" * 2000] * 8 + [b'"]'] if held else [b"\x00\x01\x02" * 700] * 10
                future = wire.send(kit.request("POST", f"/a/{name}", [("content-type", kind), ("content-length", sum(map(len, pieces)))]))
                for piece in pieces:
                    wire.wire.write(piece)
                    await asyncio.sleep(0.3)
                reply = await asyncio.wait_for(future, WITHIN_S)
                self.told[f"uploads answered {reply.status}"] += 1
                self.uploads.append([name, reply.status, int(reply.fields.get(b"x-read", -1)), sum(map(len, pieces))])
                wire.close()
            except (OSError, kit.Gone, asyncio.TimeoutError) as fault:
                self.told[f"uploads lost: {type(fault).__name__}"] += 1
                self.uploads.append([name, 0, -1, 0])

    async def main(self):
        await asyncio.gather(*(self.socket(i) for i in range(self.count)), *(self.events(i) for i in range(self.count)),
                             *(self.upload(i) for i in range(self.count)))
        self.file.write_text(json.dumps([self.told, self.uploads]))


def load(port, folder, quota, think=(0, 0), first=0, processes=2):
    done, over = fork.Value("l", 0), fork.Event()
    files = [folder / f"client{i}.json" for i in range(processes)]
    clients = [fork.Process(target=lambda i=i: asyncio.run(
        Client(port, first + i * 10_000_000, quota // processes, done, over, files[i]).main(think))) for i in range(processes)]
    for it in clients:
        it.start()
    return clients, done, over, files


def changes(bartizan, ports, made, active, done, clients, verdict):
    """Makes all changes while the clients are at it; gives each revision's change."""
    by_revision, last, late, shown_wrong, refusals = {1: 0}, 1, 0, 0, 0
    for change in range(1, CHANGES + 1):
        while done.value < change * REQUESTS // (CHANGES + 1) and any(it.is_alive() for it in clients):
            time.sleep(0.005)
        renewed = change % 4 == 0
        if renewed:
            for to, source in zip(active, made[change // 4 % len(made)]):
                fresh = to.with_suffix(".fresh")
                fresh.write_bytes(source.read_bytes())
                fresh.rename(to)
        if change % 10 == 0:                # a file with a mistake comes first, and changes nothing
            bartizan.file.write_text("version: 1\nmode: neither\n")
            bartizan.hup()
            refusals += bartizan.refused(5) and bartizan.revision() == last
        bartizan.write(configuration(change, ports, active))
        if change % 25:                     # now and then the file itself is noticed
            bartizan.hup()
        seen = bartizan.reloaded(last, 8)
        if not seen:
            late += 1
            continue
        # Whatever was noticed in between (a certificate alone) came with the configuration before.
        by_revision.update((it, change - 1) for it in range(last + 1, seen))
        by_revision[seen], last = change, seen
        if renewed:
            wanted = kit.ssl.PEM_cert_to_DER_cert(made[change // 4 % len(made)][0].read_text())
            shown_wrong += shown(bartizan.port) != wanted
    verdict.holds("every change taken over", not late, f"{CHANGES - late} of {CHANGES}, last revision {max(by_revision)}")
    verdict.holds("every file with a mistake refused", refusals == CHANGES // 10, refusals)
    verdict.holds("new connections shown the new certificate", not shown_wrong, f"{CHANGES // 4} renewals")
    return by_revision


def shown(port):
    import socket
    with socket.create_connection(("127.0.0.1", port), 5) as wire, kit.client_context().wrap_socket(wire, server_hostname="localhost") as tls:
        return tls.getpeercert(binary_form=True)


def expected(kind, config):
    if kind == "injection" and config["mode"] == "enforce":
        return 403
    if kind == "long" and config["limits"]["target_bytes_max"] == 512:
        return 414
    if kind == "extra" and len(config["routes"]) == 1:
        return 404
    return 200


def hold_against(rows, journal, by_revision, ports, active, verdict):
    """Each exchange against the revision that its observation names."""
    # A target over its limit is not read, so that its exchange has no name: those are counted.
    found, double, nameless = {}, 0, Counter()
    for it in journal:
        name = it["endpoint"].rpartition("/")[2]
        if it["status"] == 414 and not name.startswith("k"):
            nameless[it["revision"]] += 1
            continue
        double += name in found
        found[name] = it
    mixed, unseen, too_long, revisions = Counter(), 0, 0, set()
    examples = []
    for name, kind, how, status, origin, target, server, fault, _ in rows:
        if fault:
            continue
        seen = found.get(name)
        if seen is None:
            too_long += status == 414
            unseen += status != 414
            continue
        revisions.add(seen["revision"])
        if seen["revision"] not in by_revision:
            mixed["unknown revision"] += 1
            continue
        config = configuration(by_revision[seen["revision"]], ports, active)
        wrong = []
        if seen["status"] != status:
            wrong.append("status recorded")
        if status != expected(kind, config):
            wrong.append(f"{kind} answered {status}")
        elif status == 200:
            if origin != config["routes"][0]["upstream"]:
                wrong.append("origin")
            if kind != "extra" and not target.startswith(config["routes"][0]["rewrite"] + "/"):
                wrong.append("rewrite")
            if server != (config["mode"] == "observe"):
                wrong.append(f"response judged otherwise ({kind})")
        for it in wrong:
            mixed[it] += 1
            examples.append((it, how, f"revision {seen['revision']}", config["mode"], config["routes"][0], config["limits"], target[:40]))
    for revision, count in nameless.items():
        if configuration(by_revision.get(revision, 0), ports, active)["limits"]["target_bytes_max"] != 512:
            mixed["refused for a limit of another revision"] += count
    for it in examples[:3]:
        verdict.note("mixture", it)
    verdict.holds("no exchange judged by two revisions", not mixed, dict(mixed) or f"{len(rows)} exchanges under {len(revisions)} revisions")
    verdict.holds("one observation for each exchange", not unseen and not double and too_long == nameless.total(),
                  f"{unseen} missing, {double} double; {too_long} too long to have a name, {nameless.total()} such observations")


def main():
    verdict, folder = kit.Verdict(), kit.scratch()
    try:
        import hpack  # noqa: F401
    except ImportError:
        SHARES["http2"] = 0
        verdict.skip("HTTP/2: no hpack")
    made = [kit.certificate(folder, f"made{i}") for i in range(3)]
    active = (folder / "active.pem", folder / "active.key")
    for to, source in zip(active, made[0]):
        to.write_bytes(source.read_bytes())
    origins = {it: kit.Origin(it, folder) for it in ("first", "second")}
    ports = {k: v.port for k, v in origins.items()}
    bartizan = kit.Bartizan(folder / "b", configuration(0, ports, active))
    try:
        under_changes(bartizan, origins, ports, made, active, folder, verdict)
        bartizan.stop()
        for it in origins.values():
            it.log.write_text("")
        stops(origins, ports, active, folder, verdict)
    finally:
        bartizan.stop()
        for it in origins.values():
            it.stop()
    verdict.end()


def under_changes(bartizan, origins, ports, made, active, folder, verdict):
    since = time.monotonic()
    clients, done, over, files = load(bartizan.port, folder, REQUESTS)
    held_over = fork.Event()
    held_file = folder / "held.json"
    held = fork.Process(target=lambda: asyncio.run(Held(bartizan.port, held_over, held_file, 20).main()))
    held.start()
    memory = kit.Memory(bartizan.pid)
    by_revision = changes(bartizan, ports, made, active, done, clients, verdict)
    for it in clients:
        it.join(300)
    held_over.set()
    held.join(60)
    took = time.monotonic() - since
    rows = [row for it in files for row in json.loads(it.read_text())]
    told, uploads = json.loads(held_file.read_text())
    time.sleep(0.5)
    status = bartizan.status()
    bartizan.stop()
    journal = bartizan.journal()
    by_how = Counter((row[2], row[3] or row[7]) for row in rows)
    verdict.note("requests", f"{len(rows)} in {took:.0f} s: " + ", ".join(f"{how} {what} {n}" for (how, what), n in sorted(by_how.items(), key=str)))
    verdict.holds("no request failed", not any(row[7] for row in rows) and len(rows) >= REQUESTS // 2 * 2,
                  f"{sum(1 for row in rows if row[7])} of {len(rows)}")
    bad = {k: v for k, v in told.items() if not (k in ("echoes", "events going on", "uploads answered 200"))}
    verdict.holds("WebSockets, event streams and slow uploads went on", not bad and told.get("echoes"), told)
    verdict.holds("uploads arrived whole", all(read == size for _, _, read, size in uploads), len(uploads))
    verdict.holds("no observation lost", status["observations_lost"] == 0, status["observations_lost"])
    hold_against(rows, journal, by_revision, ports, active, verdict)
    acknowledged = Counter(row[0] for row in rows if row[1] == "post" and row[3] == 200)
    acknowledged.update(name for name, status, *_ in uploads if status == 200)
    count_posts(acknowledged, origins, verdict, "POST")
    verdict.note("memory of bartizan", f"{memory.end() >> 20} MiB at most")


def count_posts(acknowledged, origins, verdict, what, unanswered=()):
    arrived = Counter(target.split("?")[0].rpartition("/")[2] for it in origins.values() for method, target, _ in it.requests() if method == "POST")
    lost, double = acknowledged - arrived, arrived - acknowledged
    verdict.holds(f"{what}: as many at the origins as acknowledged", not lost and not double,
                  f"{sum(acknowledged.values())} acknowledged, {sum(arrived.values())} arrived, {len(lost)} acknowledged but not there, "
                  f"{len(double)} there but not acknowledged")


def stops(origins, ports, active, folder, verdict):
    """TERM while requests come. Thinking clients leave their connections idle for up to 300 ms, less than a stop leaves open."""
    totals, acknowledged, cut, slowest = Counter(), Counter(), [], 0
    for number in range(STOPS):
        bartizan = kit.Bartizan(folder / f"stop{number}", configuration(1 + 2 * number, ports, active))
        clients, done, over, files = load(bartizan.port, folder, 10 ** 9, (0, 0.3) if number % 2 else (0, 0), (number + 1) * 100_000_000)
        time.sleep(1.5)
        since = time.monotonic()
        bartizan.term()
        try:
            code = bartizan.process.wait(20)
        except Exception:
            code = "none"
        slowest = max(slowest, time.monotonic() - since)
        over.set()
        for it in clients:
            it.join(WITHIN_S + 5)
        totals[f"exit {code}"] += 1
        rows = [row for it in files for row in json.loads(it.read_text())]
        for row in rows:
            if row[7]:
                totals["not connected (it was over)" if row[8] == "connect" else "unanswered"] += 1
                if row[8] != "connect":
                    cut.append((number, *row[:3], row[7]))
            else:
                totals["answered"] += 1
        acknowledged.update(row[0] for row in rows if row[1] == "post" and row[3] == 200)
    verdict.note("stops", f"{dict(totals)}, slowest {slowest:.1f} s")
    verdict.holds("TERM: no request on an open connection without a reply", not cut,
                  f"{len(cut)} of {totals['answered'] + len(cut)} in {STOPS} stops {dict(Counter(it[3] + ' ' + it[4] for it in cut))}")
    count_posts(acknowledged, origins, verdict, "TERM, POST")


if __name__ == "__main__":
    main()
