"""An application on loopback, a recorder before it, and the gateway before both.

Reads    what the application needs to start: a command, and a URL that answers when it is ready.
Writes   into one folder: `data` (bartizan's), `calls.ndjson` (the recorder's), `description.*` (the application's own) and logs.
Memory   one exchange at a time and connection; a body is kept up to `BODY_BYTES_MAX`, and its length always.
Errors   whatever does not start or ends early is a `RuntimeError`; everything that was started is stopped again.
Misses   what passes after a connection was upgraded is passed on and not recorded.

The recorder is what the comparison measures by: what passed, whatever the description or bartizan say of it.
"""

import contextlib
import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BODY_BYTES_MAX = 4 << 20
READY_S = 90
STOP_S = 20
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "proxy-connection"}


class Stand:
    """Stops what it started, in reverse, when the `with` ends."""

    def __init__(self, folder, bartizan, seconds_max):
        self.folder = Path(folder).resolve()
        if self.folder.exists() and any(self.folder.iterdir()):
            raise RuntimeError(f"{self.folder} is not empty: what is learnt should begin with nothing")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bartizan, self.seconds_max = bartizan, seconds_max
        self.data = self.folder / "data"
        self.started, self.recorder, self.url = [], None, None

    def __enter__(self):
        signal.signal(signal.SIGALRM, _late)
        signal.alarm(self.seconds_max)
        return self

    def __exit__(self, *_):
        signal.alarm(0)
        for process in reversed(self.started):
            _stop(process)
        if self.recorder:
            self.recorder.shutdown()

    def application(self, command, ready, **environment):
        """Starts the application, and the recorder and the gateway before it."""
        self.start("application", command, **environment)
        self.wait(ready)
        origin = ready.split("/")[2]
        self.recorder = _recorder(origin, self.folder / "calls.ndjson")
        before = f"http://127.0.0.1:{self.recorder.server_address[1]}"
        listen, admin = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.start("gateway", [self.bartizan, "guard", before, "--listen", listen, "--admin", admin, "--data", str(self.data)])
        self.url = f"http://{listen}"
        until = time.monotonic() + READY_S
        while not _listening(listen):
            self._alive(until, "gateway")
        return self.url

    def start(self, name, command, **environment):
        """One process, with a group of its own and a log; no setting of bartizan is taken over."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("BARTIZAN", "PREFECT_", "JUPYTER_"))}
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                       env={**clean, **environment}, start_new_session=True, cwd=self.folder)
        process.what = name
        self.started.append(process)
        return process

    def wait(self, url):
        until = time.monotonic() + READY_S
        while True:
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(url, timeout=5).read()
            self._alive(until, url)

    def _alive(self, until, what):
        dead = [it.what for it in self.started if it.poll() is not None]
        if dead or time.monotonic() > until:
            raise RuntimeError(f"{what} did not answer: see {dead or 'all'} logs in {self.folder}")
        time.sleep(0.2)


def arguments(parser):
    """What all runs take."""
    parser.add_argument("--bartizan", default=os.environ.get("BARTIZAN", "target/debug/bartizan"), help="the program")
    parser.add_argument("--folder", required=True, type=Path, help="where everything of this run goes; empty or missing")
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    wishes.bartizan = os.path.abspath(wishes.bartizan)
    return wishes


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def said(folder):
    """How many calls were recorded, by status."""
    by_status = {}
    for line in (folder / "calls.ndjson").read_text().splitlines():
        status = json.loads(line)["status"]
        by_status[status] = by_status.get(status, 0) + 1
    total = sum(by_status.values())
    return f"{total} calls: " + ", ".join(f"{status} {count}" for status, count in sorted(by_status.items()))


def _late(*_):
    raise RuntimeError("the run took too long")


def _stop(process):
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _listening(address):
    host, port = address.split(":")
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
        return True
    return False


def _recorder(origin, file):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.daemon_threads = True
    server.origin, server.out, server.lock = origin, open(file, "w"), threading.Lock()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Recorder(BaseHTTPRequestHandler):
    """Passes one exchange after the other on, and writes each down."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.exchange
        raise AttributeError(name)

    def exchange(self):
        if self.headers.get("Upgrade"):
            return self.tunnel()
        body = self._body()
        connection = http.client.HTTPConnection(self.server.origin, timeout=120)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP | {"content-length"}:
                    connection.putheader(name, value)
            if body or self.command in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP | {"content-length"}:
                self.send_header(name, value)
        if answer.status >= 200 and answer.status not in (204, 304):
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self._record(answer.status, body, answer.getheader("Content-Type"), answer.getheader("Content-Encoding"), data)

    def tunnel(self):
        """An upgrade: from here on bytes."""
        with socket.create_connection(tuple(self.server.origin.split(":")), timeout=60) as far:
            head = f"{self.requestline}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
            far.sendall(head.encode("latin-1") + b"\r\n")
            first = far.recv(65536)
            self._record(int(first.split(b" ", 2)[1]), b"", None, None, b"")
            self.connection.sendall(first)
            far.settimeout(None)
            back = threading.Thread(target=_pour, args=(far, self.connection), daemon=True)
            back.start()
            _pour(self.connection, far, self.rfile)
            back.join(5)
        self.close_connection = True

    def _body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            whole = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return whole
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _record(self, status, request, kind, encoding, response):
        line = json.dumps({
            "method": self.command, "path": self.path, "status": status,
            "request_type": self.headers.get("Content-Type"), "request": _json(self.headers.get("Content-Type"), request),
            "request_bytes": len(request),
            "response_type": kind, "response": _json(kind, _decoded(encoding, response)), "encoding": encoding,
            "response_bytes": len(response), "agent": self.headers.get("User-Agent", "").split("/")[0],
        })
        with self.server.lock:
            self.server.out.write(line + "\n")
            self.server.out.flush()


def _decoded(encoding, body):
    """What was compressed as `gzip`; of other encodings nothing is kept."""
    if not encoding or encoding == "identity":
        return body
    return gzip.decompress(body) if encoding == "gzip" and body else b""


def _json(kind, body):
    """`[value]` of a body in JSON, else nothing. A client that forgets to name JSON meant it all the same."""
    if not body or len(body) > BODY_BYTES_MAX or (kind and "json" not in kind):
        return None
    try:
        return [json.loads(body)]
    except ValueError:
        return None


def _pour(source, sink, reader=None):
    with contextlib.suppress(OSError):
        while data := (reader.read1(65536) if reader else source.recv(65536)):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    sys.exit("started by the scripts beside it")
