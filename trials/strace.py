#!/usr/bin/env python3
"""Every file that the real process writes, and whether what it wrote was made durable.

    trials/strace.py [--quick]

A bartizan runs under strace through two starts, traffic, sealing, merging, a reload, an exception saved through the console's
API, and a backup. Every file opened for writing must lie in the data directory or be one of the few known others; at the end
every write must have been followed by a sync of its file, every new or changed name by a sync of its directory.
"""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter, defaultdict
from pathlib import Path

import kit

CALLS = "openat,creat,write,writev,pwrite64,pwritev,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,link,linkat,symlink,symlinkat,fsync,fdatasync"
ATTACK = "/products?q=%27%20UNION%20SELECT%20a,b%20FROM%20users--"
LINE = re.compile(r"^\d+ +(\w+)\((.*)$")
HANDLE = re.compile(r"^\d+<([^>]*)>")
NAME = re.compile(r'(?:AT_FDCWD(?:<([^>]*)>)?|\d+<([^>]*)>)?,? ?"([^"]*)"')


class Files:
    """What became of each file, in the order of the calls."""

    def __init__(self, cwd):
        self.cwd, self.calls, self.opened = cwd, defaultdict(Counter), {}
        self.written, self.named, self.gone = set(), set(), set()
        self.unread = []

    def path(self, folder, name):
        return str(Path(folder or self.cwd) / name)

    def names(self, rest):
        return [self.path(a or b, name) for a, b, name in NAME.findall(rest)]

    def take(self, line):
        found = LINE.match(line)
        if not found:
            return
        call, rest = found[1], found[2]
        if re.search(r"= -1 E", rest):
            return
        if call in ("write", "writev", "pwrite64", "pwritev", "ftruncate", "fallocate", "fsync", "fdatasync"):
            handle = HANDLE.match(rest)
            if not handle:
                self.unread.append(line)
                return
            path = handle[1].removesuffix(" (deleted)")
            if not path.startswith("/") or handle[1].endswith("(deleted)"):
                return
            self.calls[path][call] += 1
            if call in ("fsync", "fdatasync"):
                self.written.discard(path)
                self.named = {it for it in self.named if str(Path(it).parent) != path}
            else:
                self.written.add(path)
            return
        names = self.names(rest)
        if call in ("openat", "creat"):
            if names and re.search(r"O_WRONLY|O_RDWR|O_CREAT", rest):
                self.opened[names[0]] = self.opened.get(names[0], 0) + 1
                self.calls[names[0]]["open"] += 1
                if "O_EXCL" in rest:
                    self.named.add(names[0])
        elif call.startswith("rename"):
            was, now = names[:2]
            self.calls[now]["rename"] += 1
            for them in (self.written, self.named):
                them.discard(now)
                if was in them:
                    them.discard(was)
                    them.add(now)
            self.named.add(now)
        elif call.startswith("mkdir"):
            self.calls[names[0]]["mkdir"] += 1
            self.named.add(names[0])
        elif call.startswith("unlink"):
            self.calls[names[0]]["unlink"] += 1
            self.written.discard(names[0])
            self.named.discard(names[0])


def pid_of(bartizan):
    """The process that strace started."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        text = Path(f"/proc/{bartizan.process.pid}/task/{bartizan.process.pid}/children").read_text().split()
        if text:
            return int(text[0])
        time.sleep(0.05)
    raise RuntimeError("strace has no child")


def stop(bartizan):
    # strace hands no signal on.
    os.kill(pid_of(bartizan), signal.SIGTERM)
    return bartizan.process.wait(30)


def ask(port, path):
    with kit.Plain(port) as wire:
        return wire.get(path, close=True)[0]


def send(admin, method, path, body, fields=()):
    wire = http.client.HTTPConnection("127.0.0.1", admin, timeout=10)
    wire.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json", **dict(fields)})
    answer = wire.getresponse()
    return answer.status, dict(answer.getheaders()), json.loads(answer.read() or b"{}")


def add_exception(bartizan):
    """As a browser does it: log in by a link, ask why, allow that."""
    link = subprocess.run([str(kit.BINARY), "console", "--data", str(bartizan.data)], capture_output=True, check=True, text=True).stdout
    status, fields, body = send(bartizan.admin, "POST", "/api/v1/login", {"code": link.strip().rpartition("/#/login?code=")[2]})
    fields = {k.lower(): v for k, v in fields.items()}
    own = {"Cookie": fields["set-cookie"].split(";")[0], "X-Bartizan-CSRF": body["csrf"]}
    _, _, all_ = send(bartizan.admin, "GET", "/api/v1/exchanges?effect=refused&limit=1", None, own)
    _, _, one = send(bartizan.admin, "GET", "/api/v1/exchanges/" + all_["exchanges"][0]["id"], None, own)
    wanted = {**one["why"][0]["would_allow"]["exception"], "reason": "people search for databases"}
    return send(bartizan.admin, "POST", "/api/v1/exceptions", wanted, own)[0]


def main():
    verdict = kit.Verdict()
    if not shutil.which("strace"):
        verdict.skip("strace is not installed")
        verdict.end()
    folder = kit.scratch()
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode != 0:
        verdict.skip("tracing is not permitted")
        verdict.end()
    origin = kit.Origin("origin", folder)
    traces = []

    def under():
        traces.append(folder / f"trace{len(traces)}")
        return ["strace", "-f", "-y", "-s", "0", "-qq", "-o", str(traces[-1]), "-e", f"trace={CALLS}", "-e", "signal=none"]

    config = {"mode": "enforce", "upstream": {"url": origin.url}, "record": {"required": True},
              "data": {"journal_bytes_max": "1MiB"}, "store": {"seal_every": "100ms"}}
    bartizan = None
    try:
        for start in range(5):
            bartizan = kit.Bartizan(folder / "b", config, under())
            for n in range(20 if kit.QUICK else 100):
                ask(bartizan.port, f"/orders/{n}")
            ask(bartizan.port, ATTACK)
            time.sleep(1.2)
            if start == 1:
                before = bartizan.revision()
                bartizan.write({**config, "mode": "observe"})
                os.kill(pid_of(bartizan), signal.SIGHUP)
                verdict.holds("reloaded", bartizan.reloaded(before, 10) is not None)
                bartizan.write(config)
            if start == 2:
                verdict.holds("exception saved", add_exception(bartizan) == 201)
                done = subprocess.run([*under(), str(kit.BINARY), "backup", str(folder / "copy"), "--data", str(bartizan.data)], capture_output=True)
                verdict.holds("backup written", done.returncode == 0, done.stderr.decode().strip()[:200])
            status = bartizan.status()
            verdict.holds(f"start {start + 1} ends in good order", stop(bartizan) == 0)
        verdict.note("sealed", f"{status['segments']['rows']} rows in {status['segments']['segments']} segments")
        done = subprocess.run([*under(), str(kit.BINARY), "restore", str(folder / "copy"), "--data", str(folder / "restored")], capture_output=True)
        verdict.holds("backup restored", done.returncode == 0, done.stderr.decode().strip()[:200])
    finally:
        if bartizan and bartizan.process.poll() is None:
            stop(bartizan)
        origin.stop()

    files = Files(str(Path.cwd()))
    for trace in traces:
        for line in trace.read_text(errors="replace").splitlines():
            files.take(line)
    data, restored = str(bartizan.data), str(folder / "restored")
    # Its own log output, checkpoints for others to keep, the backup and what is restored of it.
    known = (str(bartizan.said), data + ".checkpoints", str(folder / "copy"), "/dev/null", "/proc/")

    def is_inside(path):
        return path == data or path.startswith(data + "/")

    def is_restored(path):
        return path.startswith(restored) or f"{folder}/.restored.restoring-" in path

    foreign = [it for it in {*files.opened, *files.calls} if not is_inside(it) and not is_restored(it) and not it.startswith(known)
               and set(files.calls[it]) - {"fsync", "fdatasync"}]
    table = defaultdict(Counter)
    count = defaultdict(set)
    for path, calls in files.calls.items():
        short = path.replace(data, "DATA").replace(restored, "RESTORED").replace(str(folder) + "/", "")
        short = re.sub(r"\.restored\.restoring-\d+", "RESTORED.aside", short)
        short = re.sub(r"\d{8}\.", "N.", re.sub(r"(tile/(?:entries|\d+)).*", r"\1/...", short))
        if path == str(bartizan.said) or (set(calls) <= {"fsync"} and not is_inside(path)):
            continue
        table[short].update(calls)
        count[short].add(path)
    print(f"  {'file':<38}{'files':>6}{'open':>7}{'write':>7}{'sync':>7}{'rename':>7}{'unlink':>7}")
    for short, calls in sorted(table.items()):
        writes = sum(n for call, n in calls.items() if "write" in call or call in ("ftruncate", "fallocate"))
        print(f"  {short:<38}{len(count[short]):>6}{calls['open'] + calls['mkdir']:>7}{writes:>7}{calls['fsync'] + calls['fdatasync']:>7}{calls['rename']:>7}{calls['unlink']:>7}")
    verdict.holds("every file that was written lies in the data directory or is known", not foreign, foreign[:5] or f"{len(files.calls)} files")
    unsynced = [it for it in files.written if not it.startswith((str(bartizan.said), "/dev/", "/proc/"))]
    verdict.holds("every write was followed by a sync of its file", not unsynced, unsynced[:5] or sum(sum(n for call, n in c.items() if "write" in call) for c in files.calls.values()))
    unnamed = [it for it in files.named if not it.startswith(("/dev/", "/proc/"))]
    verdict.holds("every new name was followed by a sync of its directory", not unnamed, sorted(unnamed)[:5] or "all")
    verdict.holds("every line was understood", not files.unread, files.unread[:2] or sum(sum(c.values()) for c in files.calls.values()))
    verdict.end()


if __name__ == "__main__":
    main()
