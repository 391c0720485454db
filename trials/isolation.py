#!/usr/bin/env python3
"""Isolation: one upstream hangs, then refuses connections; calls to the other one must not notice."""

import time
from collections import Counter

import kit

PHASE_S, RATE, TIMES = (4 if kit.QUICK else 10), 100, 1.5


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
            phases[name] = (since, time.monotonic())
        time.sleep(4)
        quiet = probe.between(*phases["both well"])
        verdict.holds("both well: both answer", None not in quiet and None not in other.between(*phases["both well"]))
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
    verdict.end()


if __name__ == "__main__":
    main()
