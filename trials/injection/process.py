"""Processes that end: each within its time even if nobody is left to end it, and each with all that it started."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time

GRACE_S = 8
# Set when everything is to end: whoever waits for a process stops waiting.
OVER = threading.Event()


class Interrupted(Exception):
    """Somebody asked us to end."""


class Process:
    """A command under `timeout`, which outlives us if need be, in a session of its own."""

    def __init__(self, command, seconds, log, *, folder=None, user=None, environment=None, piped=False):
        bounded = ["timeout", "--kill-after", str(GRACE_S), str(seconds), *map(str, command)]
        with open(log, "ab") as out:
            self.it = subprocess.Popen(bounded, stdin=subprocess.PIPE if piped else subprocess.DEVNULL, stdout=subprocess.PIPE if piped else out,
                                       stderr=out, cwd=folder, user=user, extra_groups=[] if user else None, env=environment, start_new_session=True)

    @property
    def is_running(self):
        return self.it.poll() is None

    def wait(self, seconds):
        """Its exit code; 124 if it ran out of time."""
        end = time.monotonic() + seconds + GRACE_S + 2
        while time.monotonic() < end:
            try:
                return self.it.wait(0.25)
            except subprocess.TimeoutExpired:
                if OVER.is_set():
                    raise Interrupted from None
        self.stop()
        return 124

    def tell(self, line):
        """Writes a line and reads one."""
        self.it.stdin.write(f"{line}\n".encode())
        self.it.stdin.flush()
        return self.it.stdout.readline().decode().strip()

    def stop(self, kind=signal.SIGTERM):
        if self.is_running:
            self.it.send_signal(kind)
            try:
                self.it.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.it.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.it.wait()
        for pipe in (self.it.stdin, self.it.stdout):
            if pipe:
                pipe.close()


def run(command, seconds, log, **how):
    """Runs a command to its end, or to the end of its time."""
    process = Process(command, seconds, log, **how)
    try:
        return process.wait(seconds)
    finally:
        process.stop()


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def until(what, found, seconds, pause_s=0.05):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        it = found()
        if it:
            return it
        time.sleep(pause_s)
    raise TimeoutError(f"{what}: not within {seconds} s")


def program(name, *folders):
    """Where a program is, or nothing."""
    return shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))
