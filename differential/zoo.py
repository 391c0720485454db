"""The upstreams: which there are, what each needs, how it is started.

Each listens on a free loopback port, answers with what it saw, and appends the same to its log.
What cannot be started here is left out, and said.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent / "upstreams"
PACKAGES = ("uvicorn", "httptools", "h11", "gunicorn", "aiohttp", "waitress", "tornado", "hypercorn",
            "starlette", "werkzeug")
START_S = 30


class Missing(Exception):
    """An upstream cannot be run here."""


def held_port():
    """A free port, and the socket that keeps it from everybody who asks for any port. The server binds
    it beside that socket, which does not listen. Upstreams start side by side: a port that is only
    looked up, and let go, can be given to two of them, and one then answers for the other."""
    it = socket.socket()
    it.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    it.bind(("127.0.0.1", 0))
    return it.getsockname()[1], it


class Upstream:
    """A running upstream."""

    def __init__(self, name, cache, folder):
        self.name, self.cache, self.folder = name, Path(cache), Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "seen.jsonl"
        self.log.touch()
        self.processes, self.held = [], []
        self.port = self.hold()
        KINDS[name][1](self)
        self.wait(self.port)

    def hold(self):
        port, socket_ = held_port()
        self.held.append(socket_)
        return port

    def run(self, *command, **environment):
        environment = {**os.environ, "SEEN_LOG": str(self.log), "PYTHONDONTWRITEBYTECODE": "1",
                       "PYTHONPATH": str(HERE), **environment}
        with open(self.folder / "output", "ab") as output:
            self.processes.append(subprocess.Popen(
                [str(it) for it in command], stdout=output, stderr=output, env=environment,
                cwd=self.folder, start_new_session=True))

    def python(self, *command, **environment):
        self.run(python_of(self.cache), *command, **environment)

    def wait(self, port):
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if any(it.poll() is not None for it in self.processes):
                break
            try:
                socket.create_connection(("127.0.0.1", port), 0.5).close()
                return
            except OSError:
                time.sleep(0.05)
        said = (self.folder / "output").read_text(errors="replace")[-600:]
        self.stop()
        raise Missing(f"did not start: {said.strip()}")

    def stop(self):
        for it in self.processes:
            if it.poll() is None:
                try:
                    os.killpg(it.pid, signal.SIGTERM)
                    it.wait(3)
                except (subprocess.TimeoutExpired, ProcessLookupError):
                    it.kill()
                    it.wait()
        for it in self.held:
            it.close()


def python_of(cache):
    return Path(cache) / "venv" / "bin" / "python"


def prepare(cache):
    """Installs the Python servers and builds the Go one. What fails shows when it is started."""
    cache = Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    marks = cache / "packages"
    wanted = " ".join(PACKAGES)
    if not marks.exists() or marks.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", cache / "venv"], check=False)
        done = subprocess.run([python_of(cache), "-m", "pip", "install", "-q", *PACKAGES], check=False)
        if done.returncode == 0:
            marks.write_text(wanted)
    source, binary = HERE / "server.go", cache / "go-server"
    if shutil.which("go") and (not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime):
        environment = {**os.environ, "GOCACHE": str(cache / "go-cache"), "GOPATH": str(cache / "go"),
                       "GO111MODULE": "off"}
        subprocess.run(["go", "build", "-o", binary, source], check=False, env=environment)
    if shutil.which("npm") and not (cache / "node_modules" / "express").exists():
        subprocess.run(["npm", "install", "--prefix", cache, "--no-audit", "--no-fund", "--silent",
                        "express@5"], check=False)


def uvicorn(kind):
    return lambda it: it.python("-m", "uvicorn", "asgi:app", "--host", "127.0.0.1", "--port", it.port,
                                "--http", kind, "--ws", "none", "--log-level", "critical", "--no-proxy-headers",
                                "--timeout-keep-alive", "3600", "--h11-max-incomplete-event-size", 1 << 20)


def gunicorn(it):
    it.python("-m", "gunicorn", "wsgi:app", "-b", f"127.0.0.1:{it.port}", "-k", "gthread", "--threads", "1",
              "--keep-alive", "3600", "--limit-request-line", "0", "--limit-request-fields", "1000",
              "--limit-request-field_size", "0", "--log-level", "critical", "--timeout", "3600",
              "--no-control-socket", "--worker-tmp-dir", str(it.folder))


def hypercorn(it):
    (it.folder / "hypercorn.toml").write_text(
        f'bind = ["127.0.0.1:{it.port}"]\nkeep_alive_timeout = 3600\nloglevel = "critical"\n'
        f'h11_max_incomplete_size = {1 << 20}\nh11_pass_raw_headers = true\nwebsocket_ping_interval = 3600\n')
    it.python("-m", "hypercorn", "-c", "hypercorn.toml", "asgi:app")


def node(it, **environment):
    need("node")
    it.run("node", HERE / "node.js", it.port, **environment)


def express(it):
    folder = it.cache / "node_modules" / "express"
    if not folder.exists():
        raise Missing("Express is not installed")
    node(it, EXPRESS=str(folder))


def go(it):
    binary = it.cache / "go-server"
    if not binary.exists():
        raise Missing("no Go to build it with")
    it.run(binary, f"127.0.0.1:{it.port}", it.log)


def jdk(it):
    need("java")
    it.run("java", "-XX:TieredStopAtLevel=1", "-Dsun.net.httpserver.maxReqHeaders=1000",
           "-Dsun.net.httpserver.idleInterval=3600", "-Dsun.net.httpserver.nodelay=true", HERE / "Jdk.java", it.port, it.log)


def nginx(it):
    command = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not command:
        raise Missing("nginx is not installed")
    behind = it.hold()
    it.run(sys.executable, HERE / "behind_nginx.py", behind)
    it.wait(behind)
    conf = (HERE / "nginx.conf").read_text()
    for name, value in (("DIR", it.folder), ("PORT", it.port), ("BEHIND", behind)):
        conf = conf.replace(f"@{name}@", str(value))
    (it.folder / "nginx.conf").write_text(conf)
    it.run(command, "-p", it.folder, "-c", it.folder / "nginx.conf")


def need(command):
    if not shutil.which(command):
        raise Missing(f"no `{command}`")


# Name: what it is, how it starts. `express` shares Node's parser and is asked about paths only.
KINDS = {
    "node": ("Node http", node),
    "uvicorn-h11": ("uvicorn, h11", uvicorn("h11")),
    "uvicorn-httptools": ("uvicorn, httptools", uvicorn("httptools")),
    "gunicorn": ("gunicorn", gunicorn),
    "aiohttp": ("aiohttp, compiled parser", lambda it: it.python(HERE / "aiohttp_server.py", it.port)),
    "aiohttp-python": ("aiohttp, Python parser", lambda it: it.python(
        HERE / "aiohttp_server.py", it.port, AIOHTTP_NO_EXTENSIONS="1")),
    "go": ("Go net/http", go),
    "nginx": ("nginx", nginx),
    "waitress": ("waitress", lambda it: it.python(HERE / "waitress_server.py", it.port)),
    "tornado": ("tornado", lambda it: it.python(HERE / "tornado_server.py", it.port)),
    "hypercorn": ("hypercorn, h11", hypercorn),
    "jdk": ("JDK HttpServer", jdk),
    "express": ("Express on Node", express),
}
PATHS_ONLY = {"express"}
