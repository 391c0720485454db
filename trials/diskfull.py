#!/usr/bin/env python3
"""A disk that is full, and then is not: for the real process, once by a small file system and once by a limit on files.

    trials/diskfull.py [--quick]

Every exchange must be recorded before it is forwarded (`record.required`). While that cannot be done, nothing may be
forwarded, whoever asks for readiness must be told within a second and without flicker, and all must be well again once there
is room, without a request that helps.
"""

import errno
import json
import resource
import signal
import subprocess
import threading
import time

import kit

SHOWN_S, RECOVERED_S, QUIET_S, FULL_S = 1.0, 5.0, 2.5, (3 if kit.QUICK else 8)
# Room for the files of a start, and little more.
TMPFS_BYTES = 8 << 20


class Looker(threading.Thread):
    """Asks for readiness every 10 ms."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.seen, self.over = port, [], threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.01):
            with kit.Plain(self.port) as wire:
                status, _, body = wire.get("/health/ready", close=True)
            self.seen.append((time.monotonic(), status, body.decode(errors="replace").strip()))

    def between(self, since, until):
        return [it for it in list(self.seen) if since <= it[0] < until]

    def end(self):
        self.over.set()
        self.join(5)


def ask(bartizan, number):
    with kit.Plain(bartizan.port) as wire:
        return wire.get(f"/orders/{number}", close=True)[0]


class Tmpfs:
    """A file system of its own, filled by a file."""

    name = "file system full (ENOSPC)"

    def __init__(self, folder):
        self.folder = folder / "small"
        self.folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES},mode=0700", "tmpfs", str(self.folder)], capture_output=True)
        self.is_there = done.returncode == 0

    def started(self, _):
        pass

    def fill(self):
        with open(self.folder / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError as fault:
                assert fault.errno == errno.ENOSPC, fault

    def free(self):
        (self.folder / "ballast").unlink()

    def end(self):
        subprocess.run(["umount", str(self.folder)], check=True)


class Limit:
    """No file may grow beyond what it has. Whoever writes behind it gets an error, as SIGXFSZ is ignored."""

    name = "no file may grow (EFBIG)"

    def __init__(self, folder):
        self.folder, self.is_there = folder, True
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def started(self, pid):
        self.pid = pid

    def fill(self):
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

    def free(self):
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def end(self):
        pass


def trial(verdict, kind):
    place = kind(kit.scratch())
    what = place.name
    if not place.is_there:
        verdict.skip(f"{what}: mounting is not permitted")
        return
    origin = kit.Origin("origin", kit.scratch())
    bartizan = None
    try:
        bartizan = kit.Bartizan(place.folder / "b", {"upstream": {"url": origin.url}, "record": {"required": True},
                                                     "data": {"journal_bytes_max": "1MiB"}, "store": {"seal_every": "100ms"}},
                                 # Else SIGXFSZ would be what it was before this process ignored it.
                                 restore_signals=False)
        place.started(bartizan.pid)
        looker = Looker(bartizan.admin)
        before = [ask(bartizan, n) for n in range(20)]
        verdict.holds(f"{what}: served before", set(before) == {200}, len(before))
        time.sleep(0.3)
        served = len(origin.requests())
        place.fill()
        since, answers, first = time.monotonic(), [], None
        while time.monotonic() < since + FULL_S:
            status = ask(bartizan, 1000 + len(answers))
            answers.append(status)
            if status != 200 and first is None:
                first = time.monotonic()
                at_first = len(answers)
            time.sleep(0.005)
        # What still found room (the rest of a page) was served; from the first refusal on there is none.
        admitted = answers.count(200)
        verdict.holds(f"{what}: refused with 503", first is not None and set(answers[at_first - 1:]) == {503}, f"{answers.count(503)} of {len(answers)}, {admitted} had room")
        # The last intent may have had room and its answer not: forwarded, recorded, and answered with 503.
        forwarded = len(origin.requests()) - served
        verdict.holds(f"{what}: the origin was sent nothing from then on", admitted <= forwarded <= admitted + 1, f"{forwarded} sent, {admitted} answered 200")
        shown = [at for at, status, _ in looker.between(first, time.monotonic()) if status == 503]
        verdict.holds(f"{what}: /health/ready says so within {SHOWN_S:g} s", bool(shown) and shown[0] - first <= SHOWN_S, kit.ms(shown[0] - first) if shown else "never")
        states = [status for _, status, _ in looker.between(shown[0] if shown else first, time.monotonic())]
        verdict.holds(f"{what}: and keeps saying so while it lasts", set(states) == {503}, f"{states.count(503)} of {len(states)} looks")
        verdict.note(f"{what}: what it says", next((body for _, status, body in looker.seen if status == 503), ""))
        fault = bartizan.status().get("journal_fault")
        verdict.holds(f"{what}: status says so", bool(fault), fault)
        # Nobody asks from here on: who is not ready is sent nothing.
        time.sleep(QUIET_S)
        place.free()
        freed = time.monotonic()
        while time.monotonic() < freed + RECOVERED_S and not [1 for _, status, _ in looker.between(freed, time.monotonic())[-3:] if status == 200]:
            time.sleep(0.02)
        well = next((at for at, status, _ in looker.between(freed, time.monotonic()) if status == 200), None)
        verdict.holds(f"{what}: ready again by itself within {RECOVERED_S:g} s of there being room", well is not None, kit.ms(well - freed) if well else looker.seen[-1][2])
        after = [ask(bartizan, 5000 + n) for n in range(20)]
        verdict.holds(f"{what}: serves again", set(after) == {200}, len(after))
        looker.end()
        intents, _, _ = kit.journal(bartizan.data / "journal")
        sent = len(origin.requests())
        verdict.holds(f"{what}: the origin was sent nothing without an intent on disk", sent <= len(intents), f"{sent} sent, {len(intents)} intents")
        code = bartizan.stop()
        rows = exported(bartizan)
        told = before.count(200) + admitted + after.count(200)
        kept = [row["decision_id"] for row in rows if row["outcome"] == "served" and row["status"] == 200]
        verdict.holds(f"{what}: every answer is recorded once", len(kept) == told == len(set(kept)), f"{told} given, {len(kept)} recorded")
        verdict.holds(f"{what}: ends in good order, without panic", code == 0 and "panicked" not in bartizan.said.read_text(), code)
    finally:
        if bartizan:
            bartizan.stop()
        origin.stop()
        place.end()


def exported(bartizan):
    done = subprocess.run([str(kit.BINARY), "export", "--data", str(bartizan.data)], capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    verdict = kit.Verdict()
    trial(verdict, Tmpfs)
    trial(verdict, Limit)
    verdict.end()


if __name__ == "__main__":
    main()
