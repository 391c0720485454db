"""Asks at even times over kept connections and prints when it asked and how long the answer took. See `kit.Probe`."""

import asyncio
import json
import sys
import time

import kit

WITHIN_S = 10


async def main(port, rate, path, source, fields):
    idle, tasks = [], set()
    asked = kit.request("GET", path, fields)

    async def one(due):
        try:
            wire = idle.pop() if idle else None
            if wire is None or not wire.is_open:
                wire = await asyncio.wait_for(kit.Http1.connect(port, source=source), WITHIN_S)
            reply = await asyncio.wait_for(wire.send(asked), WITHIN_S)
            if wire.is_open:
                idle.append(wire)
            took = f"{time.monotonic() - due:.6f}" if reply.status == 200 else f"-{reply.status}"
        except (OSError, kit.Gone, asyncio.TimeoutError) as fault:
            took = f"-{type(fault).__name__}"
        print(f"{due:.6f} {took}", flush=True)

    due = time.monotonic()
    while True:
        due += 1 / rate
        await asyncio.sleep(max(0, due - time.monotonic()))
        task = asyncio.ensure_future(one(due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4], json.loads(sys.argv[5])))
