#!/usr/bin/env python3
"""kill -9 at random moments under load, and what is left afterwards.

    trials/kill9.py [--quick] [--count N] [--seed N]

Every exchange must be recorded before it is forwarded (`record.required`). Clients and the origin remember what they saw, by
the trace id of each request; intents and answers are read from the journal's files by a reader that shares no code with
bartizan, exchanges with `bartizan export`. Each client has an endpoint of its own and waits for its answer, so that at a kill it has at most one
exchange under way.
"""

import json
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict

import kit

ROOT = kit.HERE.parent
CLIENTS, READY_S, COUNT, COUNT_QUICK, LOOK_EVERY = 4, 3.0, 300, 12, 25
REFUSED_EVERY, POST_EVERY, AT_START_EVERY = 6, 2, 8
LOAD_S, START_S = 1.2, 0.12
# Observations reach the kernel with the next batch of the pipeline, about 10 ms after an exchange ended; on a busy machine
# a thread may wait much longer for its turn.
BATCH_S = 0.5
INJECTION = b"?q=1%27%20or%201%3D1--"
# So many values that the journal begins a new segment every second or so.
BODY = json.dumps({f"field_{n}": n for n in range(60)}).encode()


def argument(name, default):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def trace(client, run, number):
    return f"{0xb1:04x}{client + 1:04x}{run:08x}{number:016x}"


class Origin:
    """Remembers which requests it was sent, before it answers them."""

    def __init__(self):
        self.served = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            wire, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(wire,), daemon=True).start()

    def serve(self, wire):
        seen = b""
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with wire:
            try:
                while True:
                    while b"\r\n\r\n" not in seen:
                        more = wire.recv(65536)
                        if not more:
                            return
                        seen += more
                    head, seen = seen.split(b"\r\n\r\n", 1)
                    fields = dict(it.lower().split(b": ", 1) for it in head.split(b"\r\n")[1:])
                    # Whoever is sent the head may act on it.
                    if b"traceparent" in fields:
                        self.served.append(fields[b"traceparent"].decode()[3:35])
                    length = int(fields.get(b"content-length", 0))
                    while len(seen) < length:
                        more = wire.recv(65536)
                        if not more:
                            return
                        seen += more
                    seen = seen[length:]
                    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}")
            except OSError:
                return


class Client(threading.Thread):
    """Asks one thing after the other, until the connection breaks."""

    def __init__(self, number, run, port):
        super().__init__(daemon=True)
        self.number, self.run_number, self.port = number, run, port
        self.answered, self.refused = [], []
        self.start()

    def run(self):
        asked = 0
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as wire:
                    wire.settimeout(10)
                    while True:
                        asked += 1
                        self.ask(wire, asked)
            except ConnectionRefusedError:
                return
            except OSError:
                continue

    def ask(self, wire, asked):
        word = trace(self.number, self.run_number, asked)
        target = b"/c%d/%d" % (self.number, asked) + (INJECTION if asked % REFUSED_EVERY == 0 else b"")
        body = BODY if asked % POST_EVERY == 0 else b""
        method, more = (b"POST", b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)) if body else (b"GET", b"")
        wire.sendall(method + b" " + target + b" HTTP/1.1\r\nHost: localhost\r\nTraceparent: 00-" + word.encode() + b"-00000000000000b1-01\r\n" + more + b"\r\n" + body)
        seen = b""
        while b"\r\n\r\n" not in seen:
            more = wire.recv(65536)
            if not more:
                raise ConnectionResetError
            seen += more
        head, seen = seen.split(b"\r\n\r\n", 1)
        status = int(head[9:12])
        # From here on somebody was told.
        if status == 200:
            self.answered.append(word)
        elif status == 403:
            self.refused.append((time.monotonic(), word))
        fields = dict(it.lower().split(b": ", 1) for it in head.split(b"\r\n")[1:])
        while len(seen) < int(fields.get(b"content-length", 0)):
            more = wire.recv(65536)
            if not more:
                raise ConnectionResetError
            seen += more
        if fields.get(b"connection") == b"close":
            raise ConnectionAbortedError


class Trial:
    def __init__(self, verdict, count, seed):
        self.verdict, self.count, self.random = verdict, count, random.Random(seed)
        self.folder = kit.scratch()
        self.data, self.origin = self.folder / "data", Origin()
        self.file, self.said = self.folder / "bartizan.yaml", self.folder / "log"
        self.file.write_text(json.dumps({
            "version": 1, "mode": "enforce", "admin": {"address": "127.0.0.1:0"}, "listen": {"address": "127.0.0.1:0", "workers": 2},
            "upstream": {"url": f"http://127.0.0.1:{self.origin.port}"}, "record": {"required": True},
            "data": {"dir": str(self.data), "journal_bytes_max": "1MiB"}, "store": {"seal_every": "100ms"}}))
        self.intents, self.answered, self.seen = {}, set(), set()
        self.told, self.refused, self.run_of = defaultdict(list), [], {}
        self.starts, self.faults, self.statuses, self.panics = [], [], Counter(), []
        self.killed, self.sealing, self.verified, self.left = 0, 0, 0, set()

    def spawn(self):
        with open(self.said, "ab") as said:
            said.write(b"\n")
            said.flush()
            self.offset = said.tell()
            self.process = subprocess.Popen([str(kit.BINARY), "run", "-c", str(self.file)], stdout=said, stderr=said)
        self.began = time.monotonic()

    def text(self):
        with open(self.said, "rb") as said:
            said.seek(self.offset)
            return said.read().decode(errors="replace")

    def ready(self):
        """Waits until it says that it is ready; its port and that of operators."""
        until, found = time.monotonic() + 20, None
        while time.monotonic() < until and self.process.poll() is None:
            found = found or kit.re.search(r"listening +https?://[^ ]*?:(\d+) .*?admin +http://[^ ]*?:(\d+)/", self.text(), kit.re.S)
            if found:
                try:
                    with kit.Plain(int(found[2])) as wire:
                        if wire.get("/health/ready", close=True)[0] == 200:
                            self.starts.append(time.monotonic() - self.began)
                            return int(found[1]), int(found[2])
                except OSError:
                    pass
            time.sleep(0.005)
        raise RuntimeError("no start: " + self.text())

    def kill(self):
        self.process.kill()
        self.at_kill = time.monotonic()
        self.process.wait()
        self.killed += 1
        self.left = {it.name for it in (self.data / "segments").glob("*")}
        if "panicked" in self.text():
            self.panics.append(self.text())

    def bartizan(self, *command):
        return subprocess.run([str(kit.BINARY), *command, "--data", str(self.data)], capture_output=True, timeout=300)

    def round(self, run):
        self.spawn()
        if run % AT_START_EVERY == 3:
            time.sleep(self.random.uniform(0, START_S))
            self.kill()
            return
        port, _ = self.ready()
        # Files that no catalogue named: it was killed in the middle of sealing or merging.
        self.sealing += bool(self.left - {it.name for it in (self.data / "segments").glob("*")})
        self.well(run)
        clients = [Client(number, run, port) for number in range(CLIENTS)]
        time.sleep(self.random.uniform(0.02, LOAD_S))
        self.kill()
        for it in clients:
            it.join(15)
            self.told[it.number, run] = it.answered
            self.refused += [(self.at_kill - at, word) for at, word in it.refused]
        intents, answered, observed = kit.journal(self.data / "journal")
        for id in intents:
            self.run_of.setdefault(id, run)
        self.intents.update(intents)
        self.answered |= answered
        self.seen |= set(observed)
        self.faults += [f"run {run}: {id} is in the journal {n} times" for id, n in observed.items() if n > 1]
        done = self.bartizan("ledger", "verify")
        self.verified += done.returncode == 0
        if done.returncode != 0:
            self.faults.append(f"run {run}: ledger verify: {done.stdout.decode()} {done.stderr.decode()}")

    def well(self, run):
        status = json.loads(self.bartizan("status", "-o", "json").stdout)
        faults = {"journal": status["journal_fault"], "ledger": status["ledger"]["fault"], "segments": status["segments"]["fault"],
                  "journal segments lost": status["segments"]["journal_segments_lost"], "entries lost": status["ledger"]["lost"]}
        self.faults += [f"run {run}: {name} {fault}" for name, fault in faults.items() if fault]
        return status

    def look(self):
        """Everything that is kept, against everything that was seen."""
        done = self.bartizan("export", "--form", "ndjson")
        rows = [json.loads(it) for it in done.stdout.splitlines()]
        if done.returncode != 0:
            self.faults.append("export: " + done.stderr.decode())
        ids = Counter(row["decision_id"].replace("-", "") for row in rows)
        words = Counter(row["trace_id"] for row in rows)
        word_of = {row["decision_id"].replace("-", ""): row["trace_id"] for row in rows}
        # Of intents without an exchange, the endpoint tells whose they are.
        owner = {self.intents[id]: int(word_of[id][4:8], 16) - 1 for id in self.intents if word_of.get(id)}
        left, left_answered = Counter(), Counter()
        for id, endpoint in self.intents.items():
            if id not in ids:
                whose = owner.get(endpoint), self.run_of[id]
                left[whose] += 1
                left_answered[whose] += id in self.answered
        lost, unrecorded, unfinished = [], [], 0
        for whose, told in self.told.items():
            missing = [it for it in told if it not in words]
            unfinished += len(missing)
            if len(missing) > left_answered[whose]:
                lost.append((whose, len(missing), left_answered[whose]))
        served = defaultdict(list)
        for word in list(self.origin.served):
            served[int(word[4:8], 16) - 1, int(word[8:16], 16)].append(word)
        twice = [it for it, n in Counter(self.origin.served).items() if n > 1]
        for whose, sent in served.items():
            missing = [it for it in sent if it not in words]
            if len(missing) > left[whose]:
                unrecorded.append((whose, len(missing), left[whose]))
        forwarded = [row for row in rows if row["outcome"] == "served"]
        without = [row["decision_id"] for row in forwarded if row["decision_id"].replace("-", "") not in self.intents]
        late = [(age, word) for age, word in self.refused if word not in words]
        return {
            "rows": len(rows), "doubled": [it for it, n in ids.items() if n > 1] + [it for it, n in words.items() if n > 1],
            "told": sum(map(len, self.told.values())), "lost": lost, "by_commitment": unfinished,
            "served": len(self.origin.served), "twice": twice, "unrecorded": unrecorded, "without": without,
            "gone": [it for it in self.seen if it not in ids], "refused": len(self.refused), "refused_late": late,
        }

    def play(self):
        verdict, found = self.verdict, None
        for run in range(1, self.count + 1):
            self.round(run)
            if run % LOOK_EVERY == 0 and run < self.count:
                found = self.look()
                bad = [it for it in ("doubled", "lost", "twice", "unrecorded", "without", "gone") if found[it]]
                verdict.note(f"{run} kills", f"{found['told']} acknowledged" + (f", WRONG: {bad}" if bad else ""))
        self.spawn()
        self.ready()
        time.sleep(0.5)
        status = self.well("last")
        begun = max(int(it.stem) for it in (self.data / "journal").glob("*.journal"))
        found = self.look()
        key = (self.data / "ledger.vkey").read_text().strip()
        second = subprocess.run([sys.executable, str(ROOT / "tools/verify_ledger.py"), "--key", key,
                                 "--against", str(self.data) + ".checkpoints", str(self.data / "ledger")], capture_output=True, timeout=300)
        self.process.terminate()
        code = self.process.wait(15)
        verdict.note("kills", f"{self.killed}, {sum(1 for it in range(1, self.count + 1) if it % AT_START_EVERY == 3)} of them within {START_S * 1000:.0f} ms of a start, {self.sealing} in the middle of sealing or merging")
        verdict.note("kept in the end", f"{found['rows']} exchanges; {status['segments']['rows']} of them in {status['segments']['segments']} sealed segments; {begun} segments of the journal were begun; {status['ledger']['entries']} entries of the ledger")
        verdict.holds("every answer that a client was given is recorded", not found["lost"], f"{found['told']} given, {found['by_commitment']} of them known by their commitment alone; {found['lost'][:3] or 'none lost'}")
        verdict.holds("nothing is recorded twice", not found["doubled"], found["doubled"][:3] or f"{found['rows']} exchanges")
        verdict.holds("the origin was sent nothing without an intent on disk", not found["unrecorded"] and not found["without"], f"{found['served']} sent; {(found['unrecorded'] + found['without'])[:3] or 'none without'}")
        verdict.holds("the origin was sent nothing twice", not found["twice"], found["twice"][:3] or 0)
        verdict.holds("what the journal held at a kill is still there in the end", not found["gone"], f"{len(self.seen)} looked for; {found['gone'][:3] or 'none gone'}")
        late = found["refused_late"]
        verdict.holds("refusals not recorded are those of the last moment", all(age <= BATCH_S for age, _ in late),
                      f"{len(late)} of {found['refused']}" + (f", the earliest {kit.ms(max(age for age, _ in late))} before the kill" if late else ""))
        verdict.holds("the ledger verifies after every kill", self.verified == sum(1 for it in range(1, self.count + 1) if it % AT_START_EVERY != 3), f"{self.verified} times")
        verdict.holds("the second verifier agrees", second.returncode == 0, (second.stdout + second.stderr).decode().strip()[:200])
        verdict.holds(f"ready within {READY_S:g} s", max(self.starts) <= READY_S,
                      f"{len(self.starts)} starts, p50 {kit.ms(kit.quantile(self.starts, 0.5))}, p99 {kit.ms(kit.quantile(self.starts, 0.99))}, slowest {kit.ms(max(self.starts))}")
        verdict.holds("no panic", not self.panics, self.panics[:1] or 0)
        verdict.holds("nothing was told to be wrong", not self.faults and code == 0, self.faults[:3] or f"ends with {code}")


def main():
    count = argument("--count", COUNT_QUICK if kit.QUICK else COUNT)
    seed = argument("--seed", 20261122)
    verdict = kit.Verdict()
    verdict.note("seed", seed)
    trial = Trial(verdict, count, seed)
    try:
        trial.play()
    finally:
        if trial.process.poll() is None:
            trial.process.kill()
            trial.process.wait()
    verdict.end()


if __name__ == "__main__":
    main()
