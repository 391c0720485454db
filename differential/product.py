"""What stands between clients and an upstream: bartizan, or the naive control."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
START_S = 20


class Bartizan:
    """A bartizan with one worker, so that its connections to the upstream are shared by all cases."""

    def __init__(self, binary, upstream_port, folder, enforce=False, deny=False):
        self.binary, self.folder = str(binary), Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "bartizan.yaml"
        config.write_text(
            "version: 1\n"
            f"mode: {'enforce' if enforce else 'observe'}\n"
            "listen:\n  address: 127.0.0.1:0\n  workers: 1\n  http2: true\n"
            "admin:\n  address: 127.0.0.1:0\n"
            f"upstream:\n  url: http://127.0.0.1:{upstream_port}\n"
            f"data:\n  dir: {self.folder / 'data'}\n"
            + ("routes:\n  - {name: all, path: /}\n  - {name: admin, path: /admin, refuse: true}\n" if deny else ""))
        self.data = self.folder / "data"
        self.default_host = b"127.0.0.1:%d" % upstream_port
        self.process, self.port = start(
            [self.binary, "run", "-c", str(config)], self.folder, rb"listening +http://127\.0\.0\.1:(\d+)")

    def judged(self):
        """None: its own record is the journal, which is read at the end."""
        return None

    def journal(self):
        """Every observation, in order. Stops the instance first, so that all are written."""
        self.stop()
        done = subprocess.run([self.binary, "tail", "--data", str(self.data), "-o", "json", "--last", "10000000"],
                              capture_output=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]

    def stop(self):
        stop(self.process)


class Naive:
    """The control: trusts `Content-Length` and passes bytes on as they came."""

    def __init__(self, upstream_port, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = open(self.folder / "judged", "ab+")
        self.default_host = b""
        self.process, self.port = start(
            [sys.executable, str(HERE / "naive.py"), str(upstream_port), str(self.folder / "judged")],
            self.folder, rb"listening (\d+)")

    def judged(self):
        """The request lines that it took itself to have forwarded, since the last call, and `end` for
        each connection that is over."""
        return self.log.readlines()

    def journal(self):
        self.stop()
        return None

    def stop(self):
        stop(self.process)


def start(command, folder, pattern):
    said = folder / "output"
    with open(said, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True,
                                   env={k: v for k, v in os.environ.items() if not k.startswith("BARTIZAN_")})
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        found = re.search(pattern, said.read_bytes())
        if found:
            return process, int(found[1])
        if process.poll() is not None:
            break
        time.sleep(0.02)
    stop(process)
    raise RuntimeError(f"{command[0]} did not start: {said.read_text(errors='replace')[-800:]}")


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
