#!/usr/bin/env python3
"""Overload: ten times as many requests as the origin can serve, open loop; then more memory asked for than there is.

The origin works on a few requests at a time for 40 ms each. bartizan's upstream takes twice as many (`exchanges_max`), so that
the origin never waits, and sheds the rest.
"""

import asyncio
import json
import multiprocessing
import sys
import time
from collections import Counter

import kit

PARALLEL, SERVICE_MS = 8, 40
CAPACITY = PARALLEL * 1000 / SERVICE_MS
TIMES, SECONDS, PROCESSES, CALM_S = 10, (5 if kit.QUICK else 20), 2, 4
LOOK = 25                # a second, looked at
SHED_S, LIVE_S, RESIDENT_MAX = 0.010, 0.050, 512 << 20
UPLOADS, UPLOAD_BYTES = 150, 900_000
fork = multiprocessing.get_context("fork")


def arrivals(port, rate, seconds, file):
    async def main():
        idle, rows, tasks = [], [], set()
        asked = kit.request("GET", "/work")

        async def one(due):
            try:
                wire = idle.pop() if idle else None
                if wire is None or not wire.is_open:
                    wire = await asyncio.wait_for(kit.Http1.connect(port), 5)
                sent = time.monotonic()
                reply = await asyncio.wait_for(wire.send(asked), 10)
                if wire.is_open:
                    idle.append(wire)
                now = time.monotonic()
                rows.append((due, now - sent, reply.status, b"retry-after" in reply.fields,
                             json.loads(reply.body).get("code", "") if reply.status != 200 else ""))
            except (OSError, kit.Gone, asyncio.TimeoutError) as fault:
                rows.append((due, 0, 0, False, type(fault).__name__))

        due = time.monotonic()
        until = due + seconds
        while due < until:
            due += 1 / rate
            pause = due - time.monotonic()
            if pause > 0.001:
                await asyncio.sleep(pause)
            task = asyncio.ensure_future(one(due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
        file.write_text(json.dumps(rows))
    asyncio.run(main())


def live(port, over, file):
    """What operators ask, all the time."""
    took = []
    while not over.is_set():
        since = time.monotonic()
        try:
            with kit.Plain(port) as wire:
                status, *_ = wire.get("/health/live", close=True)
            took.append(time.monotonic() - since if status == 200 else 99)
        except OSError:
            took.append(99)
        time.sleep(0.02)
    file.write_text(json.dumps(took))


def drive(bartizan, folder, rate, seconds, processes):
    # One more client of few requests, whose clock is not disturbed by its own load.
    files = [folder / f"arrivals{i}" for i in range(processes + 1)]
    rates = [rate / processes] * processes + [LOOK]
    clients = [fork.Process(target=arrivals, args=(bartizan.port, *it)) for it in zip(rates, [seconds] * len(rates), files)]
    over = fork.Event()
    asking = fork.Process(target=live, args=(bartizan.admin, over, folder / "live"))
    for it in (*clients, asking):
        it.start()
    for it in clients:
        it.join(seconds + 30)
    over.set()
    asking.join(10)
    rows = [json.loads(it.read_text()) for it in files]
    return [row for it in rows[:-1] for row in it], rows[-1], json.loads((folder / "live").read_text())


def flood(verdict):
    folder = kit.scratch()
    origin = kit.Origin("origin", folder, "--parallel", PARALLEL, "--service-ms", SERVICE_MS)
    bartizan = kit.Bartizan(folder / "b", {"upstream": {"url": origin.url, "exchanges_max": PARALLEL * 2}})
    try:
        calm, *_ = drive(bartizan, folder, CAPACITY * 0.5, CALM_S, 1)
        # What a refusal costs without any load: that of a path that no route is for.
        unloaded = unloaded_refusal(origin, folder)
        memory = kit.Memory(bartizan.pid)
        rows, looked, health = drive(bartizan, folder, CAPACITY * TIMES, SECONDS, PROCESSES)
        most = memory.end()
        seconds = max(r[0] for r in rows) - min(r[0] for r in rows)
        told = Counter((r[2], r[4]) for r in rows)
        served, shed = [r[1] for r in rows if r[2] == 200], [r for r in rows if r[2] == 503]
        verdict.note("arrivals", f"{len(rows)} in {seconds:.1f} s, {len(rows) / seconds:.0f} a second at a capacity of {CAPACITY:.0f}: "
                     + ", ".join(f"{status} {code} {n}" for (status, code), n in told.items()))
        verdict.holds("goodput at least 90 % of capacity", len(served) / seconds >= CAPACITY * 0.9, f"{len(served) / seconds:.0f} a second, {len(served) / seconds / CAPACITY:.0%}")
        verdict.holds("everything answered, with 200 or 503", all(r[2] in (200, 503) for r in rows))
        verdict.holds("every 503 has Retry-After", all(r[3] for r in shed), f"{sum(1 for r in shed if not r[3])} of {len(shed)} without")
        flooder, took = [r[1] for r in shed], [r[1] for r in looked if r[2] == 503]
        verdict.note("shed, as those see it who send the load", f"p50 {kit.ms(kit.quantile(flooder, 0.5))}, p99 {kit.ms(kit.quantile(flooder, 0.99))}")
        verdict.holds("shed within 10 ms (p99)", bool(took) and kit.quantile(took, 0.99) <= SHED_S,
                      f"{len(took)} looked at: p50 {kit.ms(kit.quantile(took, 0.5))}, p99 {kit.ms(kit.quantile(took, 0.99))}; an unloaded refusal p50 {kit.ms(kit.quantile(unloaded, 0.5))}, p99 {kit.ms(kit.quantile(unloaded, 0.99))}")
        usual = [r[1] for r in calm if r[2] == 200]
        verdict.holds("p99 of the admitted at most 3 times the usual", kit.quantile(served, 0.99) <= 3 * kit.quantile(usual, 0.99),
                      f"{kit.ms(kit.quantile(usual, 0.99))} at half the capacity, {kit.ms(kit.quantile(served, 0.99))} during")
        verdict.holds("memory under its ceiling", most <= RESIDENT_MAX, f"{most >> 20} MiB")
        verdict.holds("/health/live within 50 ms", max(health) <= LIVE_S, f"{len(health)} asked, p50 {kit.ms(kit.quantile(health, 0.5))}, p99 {kit.ms(kit.quantile(health, 0.99))}, slowest {kit.ms(max(health))}")
        after, *_ = drive(bartizan, folder, CAPACITY * 0.5, 2, 1)
        verdict.holds("recovers", all(r[2] == 200 for r in after), Counter(r[2] for r in after))
    finally:
        bartizan.stop()
        origin.stop()


def unloaded_refusal(origin, folder):
    bartizan = kit.Bartizan(folder / "calm", {"upstream": {"url": origin.url}, "routes": [{"name": "other", "path": "/other"}]})
    took = []
    with kit.Plain(bartizan.port) as wire:
        for _ in range(300):
            since = time.monotonic()
            wire.get("/work")
            took.append(time.monotonic() - since)
    bartizan.stop()
    return took


def ceiling(verdict, what, limits, codes, held_max=None):
    """Uploads of 900 kB of JSON that stop before their end, more than there is room for."""
    folder = kit.scratch()
    origin = kit.Origin("origin", folder)
    bartizan = kit.Bartizan(folder / "b", {"upstream": {"url": origin.url}, "limits": limits})
    memory = kit.Memory(bartizan.pid)
    told = Counter()

    async def main():
        body = b'["' + b"x" * UPLOAD_BYTES + b'"]'
        head = [("content-type", "application/json"), ("content-length", len(body))]
        wires, replies = [], []
        for _ in range(UPLOADS):
            wire = await kit.Http1.connect(bartizan.port)
            replies.append(wire.send(kit.request("POST", "/held", head)))
            wire.wire.write(body[:-2])
            wires.append(wire)
            await asyncio.sleep(0.01)
        await asyncio.sleep(2)
        for it in replies:
            if it.done():
                told["held " + (str(it.result().status) + " " + json.loads(it.result().body)["code"] if not it.exception() else "cut")] += 1
        # An ordinary call while it lasts.
        for _ in range(20):
            wire = await kit.Http1.connect(bartizan.port)
            reply = await asyncio.wait_for(wire.send(kit.request("GET", "/ordinary")), 5)
            told[f"ordinary {reply.status}" + (" with Retry-After" if b"retry-after" in reply.fields else "")] += 1
            wire.close()
        for wire, it in zip(wires, replies):
            if not it.done() and wire.is_open:
                wire.wire.write(body[-2:])
        ended = await asyncio.gather(*(asyncio.wait_for(asyncio.shield(it), 10) for it in replies), return_exceptions=True)
        for it in ended:
            told["ended " + (str(it.status) if isinstance(it, kit.Reply) else type(it).__name__)] += 1
        for it in wires:
            it.close()
        since = time.monotonic()
        while time.monotonic() < since + 10:
            wire = await kit.Http1.connect(bartizan.port)
            reply = await asyncio.wait_for(wire.send(kit.request("GET", "/ordinary")), 5)
            wire.close()
            if reply.status == 200:
                return time.monotonic() - since
            await asyncio.sleep(0.1)
        return None

    try:
        recovered = asyncio.run(main())
        most = memory.end()
        verdict.note(what, dict(told))
        verdict.holds(f"{what}: shed with 503", any(code in it for it in told for code in codes) or (codes == ["overload"] and any(it.startswith("ordinary 503") for it in told)))
        verdict.holds(f"{what}: no connection cut", not any("cut" in it or "Gone" in it or "Timeout" in it for it in told))
        if held_max:
            verdict.holds(f"{what}: memory bounded", most <= held_max, f"{most / 2 ** 20:.0f} MiB at most")
        verdict.holds(f"{what}: survives and recovers", bartizan.process.poll() is None and recovered is not None, f"after {recovered:.1f} s" if recovered is not None else "not within 10 s")
        time.sleep(1)
        verdict.note(f"{what}: memory", f"{memory.first >> 20} MiB before, {most >> 20} MiB at most, {kit.resident(bartizan.pid) >> 20} MiB after")
        arrived = sum(1 for method, *_ in origin.requests() if method == "POST")
        verdict.holds(f"{what}: POSTs at the origin are those answered 200", arrived == told["ended 200"], f"{arrived}, {told['ended 200']}")
    finally:
        bartizan.stop()
        origin.stop()


def main():
    verdict = kit.Verdict()
    if "--memory" not in sys.argv:
        flood(verdict)
    ceiling(verdict, "memory_bytes_max 64 MiB", {"memory_bytes_max": "64MiB"}, ["overload"], 96 << 20)
    ceiling(verdict, "held_bytes_max 8 MiB", {"held_bytes_max": "8MiB"}, ["held"], 64 << 20)
    verdict.end()


if __name__ == "__main__":
    main()
