"""bartizan as a process in front of an application, and its command line."""

import json
import os
import signal
import socket
import subprocess

from client import Client, Unreachable, until

START_S = 30
COMMAND_S = 60


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Guard:
    def __init__(self, binary, upstream, folder):
        self.binary, self.upstream, self.folder = str(binary), upstream, folder
        self.data, self.address, self.admin = folder / "data", ("127.0.0.1", free_port()), free_port()
        self.process, self.starts = None, 0
        self.start()

    def start(self):
        """Starts it, again at the same address with the same data."""
        self.starts += 1
        clean = {name: it for name, it in os.environ.items() if not name.startswith("BARTIZAN_")}
        command = [self.binary, "guard", "http://{}:{}".format(*self.upstream), "--enforce", "--lab", "--data", str(self.data),
                   "--listen", "{}:{}".format(*self.address), "--admin", f"127.0.0.1:{self.admin}"]
        with open(self.folder / f"bartizan-{self.starts}.log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=clean)
        until("bartizan is ready", self.is_ready, START_S, 0.05)

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"bartizan ended with {self.process.returncode}: see {self.folder}")
        try:
            return Client(("127.0.0.1", self.admin)).call("GET", "/health/ready").status == 200
        except Unreachable:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def contract(self, *arguments):
        """What `bartizan contract` prints, or nothing if it does not end well."""
        command = [self.binary, "contract", *arguments, "--data", str(self.data)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_S, check=False)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout if done.returncode == 0 else None

    def confirm(self, *profile):
        """Confirms what the application is, as a person who knows it would."""
        command = [self.binary, "inventory", "profile", "confirm", "default", *profile, "--data", str(self.data)]
        subprocess.run(command, capture_output=True, timeout=COMMAND_S, check=True)

    def clauses(self):
        shown = self.contract("show", "-o", "json")
        return json.loads(shown)["clauses"] if shown else []

    def apply_habits(self):
        """Puts every proposed clause of habit in force, as a person who reviewed it would."""
        ready = [it for it in self.clauses() if not it["is_harm"] and it["stage"] == "proposed" and it["force"] == "observe"]
        for it in ready:
            self.contract("apply", it["id"], "--as", "enforce", "--reason", "trial: reviewed")
        return len(ready)

    def withdraw_habits(self):
        """Takes back every clause of habit that refused somebody, or suspended itself over that; answers which."""
        broken = [it for it in self.clauses() if not it["is_harm"] and (it["force"] == "suspended" or (
            it["force"] == "enforce" and (it["support"] or {}).get("refused")))]
        for it in broken:
            self.contract("withdraw", it["id"], "--reason", "trial: refuses a new release")
        return broken

    def apply_again(self, broken):
        """Puts what was taken back in force again, as it reads by now; answers how many."""
        return sum(bool(self.contract("apply", it["id"], "--as", "enforce", "--reason", "trial: as of the new release")) for it in broken)

    def exchanges(self):
        """What was recorded of refusals and would-be refusals."""
        command = [self.binary, "tail", "--refused", "--would-refuse", "--last", "20000", "-o", "ndjson", "--data", str(self.data)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_S, check=False)
        except subprocess.TimeoutExpired:
            return []
        return [json.loads(it) for it in done.stdout.splitlines() if it.startswith("{")]
