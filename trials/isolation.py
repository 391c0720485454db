#!/usr/bin/env python3
"""Isolation: one upstream hangs, then refuses connections; calls to the other one must not notice. Then an upstream breaks off
while calls are under way and is back at once: it must be used again soon.
"""

import asyncio
import time
from collections import Counter

import kit

PHASE_S, RATE, TIMES = (4 if kit.QUICK else 10), 100, 1.5
BACK_S, LOOKED_S = 5, 45


def main():
    verdict, folder = kit.Verdict(), kit.scratch()
    well, ill = kit.Origin("well", folder), kit.Origin("ill", folder)
    bartizan = kit.Bartizan(folder / "b", {
        "upstreams": [{"name": "well", "url": well.url}, {"name": "ill", "url": ill.url, "response_timeout": "3s"}],
        "routes": [{"name": "well", "path": "/well", "upstream": "well"}, {"name": "ill", "path": "/ill", "upstream": "ill"}]})
    probes = [kit.Probe(bartizan.port, RATE, "/well/ordinary"), kit.Probe(well.port, RATE, "/well/ordinary"), kit.Probe(bartizan.port, RATE, "/ill/ordinary")]
    probe, aside, other = probes
    try:
        time.sleep(2)
        phases = {}
        for name, begin in (("both well", None), ("one hangs", ill.hang), ("one refuses connections", ill.stop)):
            if begin:
                begin()
            since = time.monotonic()
            time.sleep(PHASE_S)
            # What is under way when the next phase begins belongs to neither.
            phases[name] = (since, time.monotonic() - 0.2)
        time.sleep(4)
        quiet = probe.between(*phases["both well"])
        lost = [sum(1 for it in seen if it is None) for seen in (quiet, other.between(*phases["both well"]))]
        verdict.holds("both well: both answer", not any(lost), f"not answered with 200: {lost}, {probe.faults}")
        for name in ("one hangs", "one refuses connections"):
            kit.unharmed(verdict, name, quiet, probe.between(*phases[name]), TIMES, aside.between(*phases[name]))
            failed = sum(1 for it in other.between(*phases[name]) if it is None)
            verdict.note(f"{name}: calls to it not answered with 200", failed)
        time.sleep(1)
        bartizan.stop()
        verdict.note("recorded of the ill one", dict(Counter((it["status"], it["hits"][0]["code"] if it["hits"] else "") for it in bartizan.journal() if "/ill" in it["endpoint"])))
    finally:
        for it in probes:
            it.stop()
        bartizan.stop()
        well.stop()
        ill.stop()
    for under_way in (1, 4, 50):
        back(verdict, folder, under_way)
    verdict.end()


def back(verdict, folder, under_way):
    """What `addresses` of one server do when its process is restarted under some calls."""
    folder = folder / f"back{under_way}"
    folder.mkdir()
    origin = kit.Origin("back", folder)
    bartizan = kit.Bartizan(folder / "b", {"upstream": {"url": origin.url}})

    async def main(origin):
        waiting = []
        for _ in range(under_way):
            wire = await kit.Http1.connect(bartizan.port)
            waiting.append(wire.send(kit.request("POST", "/under-way", [("x-do", "wait=30000")], b"x")))
        await asyncio.sleep(0.5)
        origin.stop()
        again = kit.Origin("back", folder, "--port", origin.port)
        since = time.monotonic()
        lost = await asyncio.gather(*waiting, return_exceptions=True)
        try:
            while time.monotonic() < since + LOOKED_S:
                wire = await kit.Http1.connect(bartizan.port)
                reply = await asyncio.wait_for(wire.send(kit.request("GET", "/again")), 10)
                wire.close()
                if reply.status == 200:
                    break
                await asyncio.sleep(0.1)
            return time.monotonic() - since, Counter(getattr(it, "status", type(it).__name__) for it in lost)
        finally:
            again.stop()

    try:
        took, lost = asyncio.run(main(origin))
        verdict.holds(f"restarted under {under_way} calls: used again within {BACK_S} s", took <= BACK_S, f"{took:.1f} s; those under way {dict(lost)}")
    finally:
        bartizan.stop()
        origin.stop()


if __name__ == "__main__":
    main()
