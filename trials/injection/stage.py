"""What stands behind the tools and in front of them: PostgreSQL, the application, bartizan."""

import http.client
import os
import pwd
import signal
import subprocess
from pathlib import Path

from process import Process, free_port, program, run, until

HERE = Path(__file__).resolve().parent
START_S = 60


def unprivileged():
    """Whom PostgreSQL runs as, which refuses to run as root: us, or somebody who may do less."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


def binaries():
    """The folder of PostgreSQL's programs, which Debian keeps out of `PATH`, or nothing."""
    found = [it for it in Path("/usr/lib/postgresql").glob("*/bin") if (it / "initdb").exists()]
    if found:
        return max(found, key=lambda it: int(it.parent.name) if it.parent.name.isdigit() else 0)
    initdb = program("initdb")
    return Path(initdb).resolve().parent if initdb else None


class PostgreSQL:
    """A server of our own, on a Unix socket in a temporary folder; nothing of it is kept."""

    def __init__(self, folder, seconds):
        self.folder, user, programs, log = folder, unprivileged(), binaries(), folder.parent / "postgresql.log"
        folder.mkdir()
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        code = run([programs / "initdb", "-D", folder / "data", "-U", "keeper", "-A", "trust", "-E", "UTF8", "--no-sync"], START_S, log,
                   user=user, folder=folder, environment=environment)
        if code:
            raise RuntimeError(f"initdb ended with {code}")
        # SIGINT is its fast end; `timeout` hands on what it is sent.
        self.process = Process([programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off",
                                "-c", "max_connections=20", "-c", "shared_buffers=32MB", "-c", "autovacuum=off"], seconds, log,
                               user=user, folder=folder, environment=environment)
        until("PostgreSQL listens", lambda: (folder / ".s.PGSQL.5432").exists() or self.is_over(), START_S)

    def is_over(self):
        if not self.process.is_running:
            raise RuntimeError("PostgreSQL ended")
        return False

    def stop(self):
        self.process.stop(signal.SIGINT)


class Application:
    def __init__(self, python, database, word, folder, seconds):
        command = [python, "-B", HERE / "app.py", "--database", database, "--marks", word, "--folder", folder]
        self.process = Process(command, seconds, folder.parent / f"{folder.name}.log", piped=True)
        said = self.process.it.stdout.readline().decode().split()
        if said[:1] != ["ready"]:
            self.process.stop()
            raise RuntimeError(f"the application does not start: see {folder.name}.log")
        self.address, self.inside, self.folder = ("127.0.0.1", int(said[1])), int(said[2]), folder

    def be(self, how):
        """`careful` or `careless`."""
        if self.process.tell(how) != how:
            raise RuntimeError("the application does not listen")

    def stop(self):
        self.process.stop()


class Guard:
    """bartizan as anybody starts it who wants it to refuse."""

    def __init__(self, binary, upstream, folder, content, seconds):
        self.address, admin = ("127.0.0.1", free_port()), free_port()
        folder.mkdir()
        clean = {name: it for name, it in os.environ.items() if not name.startswith("BARTIZAN_")}
        command = [binary, "guard", "http://{}:{}".format(*upstream), "--enforce", "--data", folder / "data", "--listen", "{}:{}".format(*self.address),
                   "--admin", f"127.0.0.1:{admin}", *(["--content", content] if content else [])]
        self.process = Process(command, seconds, folder / "bartizan.log", environment=clean)
        self.admin, self.folder = admin, folder
        try:
            until("bartizan is ready", self.is_ready, START_S)
        except BaseException:
            self.process.stop()
            raise

    def is_ready(self):
        if not self.process.is_running:
            raise RuntimeError("bartizan ended: " + (self.folder / "bartizan.log").read_text(errors="replace")[-500:])
        asked = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=5)
        try:
            asked.request("GET", "/health/ready")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def stop(self):
        self.process.stop()


def version(binary):
    return subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout.strip()
