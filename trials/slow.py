#!/usr/bin/env python3
"""Slow clients: heads that never end, bodies byte by byte, replies of 10 MB hardly taken. Default settings.

An ordinary client asks all the time; another one asks the origin directly, to know what the machine itself costs.
"""

import multiprocessing
import os
import random
import socket
import sys
import time
from collections import Counter

import kit

CLIENTS, PROCESSES = (600, 2) if kit.QUICK else (5_000, 3)
BEFORE_S, CONNECT_S, GONE_S, WATCH_S, STEP_S = 8, 5, 30, 45, 2.0
RESIDENT_MAX = 300 << 20
BIG = 10_000_000
KINDS = ("head", "body", "read")
ONLY = next((it for it in KINDS if "--" + it in sys.argv), "")       # one kind alone
fork = multiprocessing.get_context("fork")
CLOSED = {7, 8, 4, 5, 6, 9, 11}      # TCP_INFO: every state in which the other side has closed


def is_gone(wire):
    try:
        return wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] in CLOSED
    except OSError:
        return True


def begin(kind, at):
    if kind == "head":
        return b"GET /slow/head HTTP/1.1\r\nhost: localhost\r\n"
    if kind == "body":
        content = (b"application/json", b"application/octet-stream", b"application/x-www-form-urlencoded")[at % 3]
        return b"POST /slow/body HTTP/1.1\r\nhost: localhost\r\ncontent-type: " + content + b"\r\ncontent-length: 100000\r\n\r\n"
    return b"GET /slow/read HTTP/1.1\r\nhost: localhost\r\nx-do: big=%d\r\n\r\n" % BIG


def drip(kind):
    return b"x-a: b\r\n" if kind == "head" else b"1"


def clients(port, first, count, told):
    """One process of slow clients. Each does a little every two seconds; how long each lasted is told."""
    os.nice(10)
    rng = random.Random(first)
    since = time.monotonic()
    waiting = [(since + CONNECT_S * i / count, first + i) for i in range(count)]
    alive, due, lasted, refused = {}, [], {k: [] for k in KINDS}, 0
    import heapq
    heapq.heapify(waiting)
    while time.monotonic() < since + CONNECT_S + WATCH_S and (waiting or alive):
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, at = heapq.heappop(waiting)
            kind = ONLY or KINDS[at % 3]
            wire = socket.socket()
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # As over Ethernet: with the 64 KiB segments of loopback, the kernel's buffers grow to megabytes a connection.
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
            if kind == "read":
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            try:
                wire.bind((f"127.0.{1 + at % 4}.{1 + at % 200}", 0))
                wire.settimeout(5)
                wire.connect(("127.0.0.1", port))
                wire.sendall(begin(kind, at))
            except OSError:
                refused += 1
                wire.close()
                continue
            wire.setblocking(False)
            alive[at] = (wire, kind, time.monotonic())
            heapq.heappush(due, (now + rng.uniform(0, STEP_S), at))
        while due and due[0][0] <= now:
            _, at = heapq.heappop(due)
            wire, kind, begun = alive[at]
            gone = is_gone(wire)
            if not gone:
                try:
                    if kind == "read":
                        gone = wire.recv(10) == b""
                    else:
                        wire.send(drip(kind))
                except BlockingIOError:
                    pass
                except OSError:
                    gone = True
            if gone:
                lasted[kind].append(time.monotonic() - begun)
                wire.close()
                del alive[at]
            else:
                heapq.heappush(due, (now + STEP_S, at))
        time.sleep(0.01)
    for wire, kind, begun in alive.values():
        lasted[kind].append(float("inf") if not is_gone(wire) else time.monotonic() - begun)
    told.put((lasted, refused))
    time.sleep(5)


def main():
    verdict, folder = kit.Verdict(), kit.scratch()
    if kit._hard < CLIENTS * 2 + 1000:
        verdict.skip(f"only {kit._hard} descriptors")
    # Slow clients and what answers them would be on other machines: they stand back here.
    origin, behind = kit.Origin("origin", folder), kit.Origin("behind", folder)
    os.setpriority(os.PRIO_PROCESS, behind.process.pid, 10)
    bartizan = kit.Bartizan(folder / "b", {
        "upstreams": [{"name": "origin", "url": origin.url}, {"name": "behind", "url": behind.url}],
        "routes": [{"name": "slow", "path": "/slow", "upstream": "behind"}, {"name": "all", "upstream": "origin"}]})
    probe, aside = kit.Probe(bartizan.port, 50), kit.Probe(origin.port, 50)
    processes = []
    try:
        time.sleep(2)
        before_from = time.monotonic()
        time.sleep(BEFORE_S)
        memory = kit.Memory(bartizan.pid)
        flood_from = time.monotonic()
        told = fork.Queue()
        each = CLIENTS // PROCESSES
        processes = [fork.Process(target=clients, args=(bartizan.port, i * each, each, told)) for i in range(PROCESSES)]
        for it in processes:
            it.start()
        most, until = 0, flood_from + CONNECT_S + WATCH_S
        while time.monotonic() < until:
            most = max(most, bartizan.metrics()["bartizan_connections"])
            time.sleep(0.25)
        flood_until = flood_from + CONNECT_S + GONE_S
        answers = [told.get(timeout=90) for _ in processes]
        time.sleep(0.5)
        most_bytes = memory.end()
        lasted = {k: [x for it, _ in answers for x in it[k]] for k in KINDS}
        refused = sum(it for _, it in answers)
        verdict.note("slow clients", f"{CLIENTS}, {most:.0f} connections open at once at most, {refused} not connected")
        verdict.holds("slow clients were there", most >= CLIENTS * 0.9 and not refused, f"{most:.0f}")
        for kind in ("head", "body"):
            values = lasted[kind]
            if not values:
                continue
            verdict.holds(f"slow {kind}: all gone within {GONE_S} s", max(values) <= GONE_S,
                          f"{len(values)} seen gone after {kit.quantile(values, 0.5):.1f} s (median), {max(values):.1f} s (last)")
        kit.unharmed(verdict, "slow clients", probe.between(before_from, flood_from), probe.between(flood_from, flood_until),
                     aside=aside.between(flood_from, flood_until))
        by_second = {i: [x or 0 for x in probe.between(flood_from + i, flood_from + i + 1)] for i in range(int(flood_until - flood_from))}
        worst = sorted(by_second, key=lambda i: -max(by_second[i], default=0))[:6]
        verdict.note("worst seconds", {f"{i} s": kit.ms(max(by_second[i], default=0)) for i in sorted(worst)})
        verdict.holds("resident memory at most 300 MiB", most_bytes <= RESIDENT_MAX, f"{memory.first >> 20} MiB before, {most_bytes >> 20} MiB at most")
        # What the kernel still has for a slow reader hides the end from it: bartizan's own record tells.
        seen = [it for it in bartizan.journal() if "slow" in it["endpoint"]]
        took = [it["finished_us"] / 1e6 for it in seen if it["endpoint"] == "GET /slow/read"]
        verdict.holds(f"slow read: all gone within {GONE_S} s", len(took) == len(lasted["read"]) and max(took, default=0) <= GONE_S,
                      f"{len(took)} of {len(lasted['read'])} ended within {WATCH_S} s, after {kit.quantile(took, 0.5):.1f} s (median), {max(took, default=0):.1f} s (last)")
        verdict.note("recorded", dict(Counter((it["endpoint"], it["outcome"], it["status"]) for it in seen)))
    finally:
        for it in processes:
            it.kill()
        probe.stop()
        aside.stop()
        bartizan.stop()
        origin.stop()
        behind.stop()
    verdict.end()




if __name__ == "__main__":
    main()
