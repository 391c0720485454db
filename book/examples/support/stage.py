"""What an example is played with: free ports, processes that end with it, an API that tells what it
was sent, and assertions that are counted."""

import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

BARTIZAN = os.environ["BARTIZAN"]
ATTACK = "/products?q=%27%20UNION%20SELECT%20a,b%20FROM%20users--"
ORDINARY = "/products?q=select+a+lamp+from+the+union+shop"
CLIENT = "127.0.0.77"
WAIT_S = 20


class Failed(Exception):
    """Something is not as the book says."""


class Missing(Exception):
    """A program that the example needs is not on this machine."""


class Answer:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def field(self, name):
        found = [value for key, value in self.fields if key.lower() == name.lower()]
        return ", ".join(found) if found else None

    def json(self):
        return json.loads(self.body)


class Seen(Answer):
    """What the API says that it was sent."""

    def __init__(self, answer):
        super().__init__(answer.status, answer.fields, answer.body)
        told = answer.json()
        self.api, self.method, self.path, self.sent, self.got = (
            told["api"], told["method"], told["path"], told["fields"], told["body"])

    def told(self, name):
        found = [value for key, value in self.sent if key.lower() == name.lower()]
        return ", ".join(found) if found else None


class Stage:
    def __init__(self, folder):
        self.folder = folder
        self.assertions = 0
        self.skipped = []
        self.closing = []
        self.outputs = []
        self.counted = 0

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bartizan-book-"))
        return self

    def __exit__(self, *_):
        for close in reversed(self.closing):
            close()
        shutil.rmtree(self.dir, ignore_errors=True)

    # Assertions

    def same(self, what, got, expected):
        self.assertions += 1
        if got != expected:
            raise Failed(f"{what}: {got!r}, expected {expected!r}")

    def holds(self, what, is_so):
        self.assertions += 1
        if not is_so:
            raise Failed(what)

    def logs(self):
        texts = []
        for name, path in self.outputs:
            text = path.read_text(errors="replace")[-2000:] if path.exists() else ""
            if text.strip():
                texts.append(f"--- {name}\n{text}")
        return "\n".join(texts)

    # What the machine has

    def needs(self, *programs):
        for it in programs:
            if self.program(it) is None:
                raise Missing(f"no {it}")

    @staticmethod
    def program(name):
        return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")

    def skip(self, what):
        self.skipped.append(what)

    @staticmethod
    def port():
        with socket.socket() as it:
            it.bind(("127.0.0.1", 0))
            return it.getsockname()[1]

    # Files of the example, with other ports and paths

    def file(self, name, places):
        """The file `name` of the example with `places` replaced, each of which must be in it."""
        text = (self.folder / name).read_text()
        for shown in places:
            if shown not in text:
                raise Failed(f"{name} does not mention {shown}")
        pattern = "|".join(re.escape(it) for it in sorted(places, key=len, reverse=True))
        text = re.sub(pattern, lambda it: str(places[it.group()]), text)
        self.counted += 1
        written = self.dir / f"{self.counted}-{name}"
        written.write_text(text)
        return written

    def certificate(self, name, *hosts):
        """A certificate of its own for these hosts: the paths of it and of its key."""
        self.needs("openssl")
        crt, key = self.dir / f"{name}.crt", self.dir / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", f"/CN={hosts[0]}", "-addext",
             "subjectAltName=" + ",".join(f"DNS:{it}" for it in hosts),
             "-addext", "basicConstraints=critical,CA:FALSE",
             "-keyout", str(key), "-out", str(crt)],
            check=True, capture_output=True)
        return crt, key

    # Processes

    def start(self, name, command, ports=(), env=None):
        self.counted += 1
        output = self.dir / f"{self.counted}-{name}.log"
        self.outputs.append((name, output))
        with output.open("wb") as to:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=to, stderr=to,
                                       cwd=self.dir, env={**os.environ, **(env or {})})
        self.closing.append(lambda: stop(process))
        for port in ports:
            self.until(f"{name} listens on {port}", lambda port=port: listens(port), process)
        return process

    def until(self, what, is_so, process=None):
        end = time.monotonic() + WAIT_S
        while not is_so():
            if process is not None and process.poll() is not None:
                raise Failed(f"{what}: the process ended with {process.returncode}")
            if time.monotonic() > end:
                raise Failed(f"{what}: not within {WAIT_S} s")
            time.sleep(0.02)

    def bartizan(self, *arguments):
        """Runs a command of bartizan to its end: its exit code and output."""
        done = subprocess.run([BARTIZAN, *map(str, arguments)], cwd=self.dir, text=True,
                              capture_output=True, timeout=WAIT_S)
        return done.returncode, done.stdout + done.stderr

    def guard(self, file, port, admin, data, env=None):
        """`bartizan check`, then `bartizan run` with this file."""
        code, said = self.bartizan("check", "-c", file)
        self.holds(f"bartizan check: {said}", code == 0)
        process = self.start("bartizan", [BARTIZAN, "run", "-c", str(file)], [port, admin], env)
        self.until("ready", lambda: request(admin, "/health/ready").status == 200, process)
        process.data = data
        return process

    def nginx(self, file, *ports):
        """nginx with this file, its temporary files in the folder of the stage."""
        places = "".join(f"{it}_temp_path {self.dir};" for it in
                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = file.read_text()
        file.write_text(re.sub(r"^http \{", f"http {{ access_log off; {places}", text, flags=re.M))
        user = "user root;" if os.geteuid() == 0 else ""
        globals_ = f"daemon off; {user} pid {file}.pid; error_log stderr;"
        command = [self.program("nginx"), "-p", str(self.dir), "-c", str(file), "-e", "stderr", "-g", globals_]
        return self.start("nginx", command, ports)

    def haproxy(self, file, *ports):
        return self.start("haproxy", [self.program("haproxy"), "-db", "-f", str(file)], ports)

    def api(self, port, name="api", tls=None):
        """An API that answers with what it was sent, as JSON. Returns the list of what reached it, but for
        health checks."""
        reached = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if self.path != "/health":
                    reached.append((self.command, self.path))
                told = json.dumps({"api": name, "method": self.command, "path": self.path,
                                   "fields": self.headers.items(), "body": body.decode("latin-1")}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.send_header("X-Api-Version", "7")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(told)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.closing.append(serve(port, Handler, tls))
        return reached

    def logged(self, guard, *filters):
        """What `bartizan tail` prints of the newest decisions."""
        found = []

        def is_there():
            _, text = self.bartizan("tail", "--data", guard.data, "--last", "100", "-o", "json", *filters)
            found[:] = [json.loads(it) for it in text.splitlines() if it.startswith("{")]
            return found

        self.until("a decision in the journal", is_there)
        return found

    # What every example shows

    def passes(self, port, host, asked_by, scheme, **more):
        """An ordinary request reaches the API whole, and the API learns who asked, how, and for whom."""
        seen = Seen(request(port, ORDINARY, host=host, **more))
        self.same("status of an ordinary request", seen.status, 200)
        self.same("path at the API", seen.path, ORDINARY)
        self.same("client address at the API", seen.told("x-forwarded-for"), asked_by)
        self.same("scheme at the API", seen.told("x-forwarded-proto"), scheme)
        self.same("Host at the API", seen.told("host"), host)
        body = '{"text": "It\'s 5 o\'clock -- time to SELECT a new lamp"}'
        fields = {"Content-Type": "application/json", "Authorization": "Bearer x.y.z", **more.pop("fields", {})}
        seen = Seen(request(port, "/reviews", host=host, method="POST", body=body, fields=fields, **more))
        self.same("body at the API", seen.got, body)
        self.same("Authorization at the API", seen.told("authorization"), "Bearer x.y.z")
        return seen

    def forged(self, port, host, asked_by, **more):
        """What a client claims about its address is not believed."""
        fields = {"X-Forwarded-For": "203.0.113.66", "Forwarded": "for=203.0.113.66",
                  "X-Real-IP": "203.0.113.66", "Via": "1.1 forged", "X-Original-URL": "/admin", **more.pop("fields", {})}
        seen = Seen(request(port, ORDINARY, host=host, fields=fields, **more))
        self.same("client address behind a forged field", seen.told("x-forwarded-for"), asked_by)
        self.same("X-Real-IP behind a forged field", seen.told("x-real-ip"), asked_by)
        for name in ("forwarded", "via", "x-original-url"):
            self.same(f"{name} at the API", seen.told(name), None)

    def blocked(self, port, host, reached, guard, **more):
        """An attack is refused with a code and a decision id, and does not reach the API."""
        before = len(reached)
        answer = request(port, ATTACK, host=host, **more)
        self.same("status of an attack", answer.status, 403)
        self.same("code of an attack", answer.json()["code"], "content.sql_injection")
        self.same("requests that reached the API", len(reached) - before, 0)
        self.explained(guard, answer.json()["decision_id"])

    def explained(self, guard, decision, says="content.sql_injection"):
        found = []

        def is_there():
            code, text = self.bartizan("why", decision, "--data", guard.data)
            found[:] = [text]
            return code == 0

        self.until(f"bartizan why {decision}", is_there)
        self.holds(f"bartizan why says {says}: {found[0]}", says in found[0])
        return found[0]


def request(port, target, host="api.example.com", method="GET", body=None, fields=None,
            client=None, tls=None, to="127.0.0.1"):
    """One request, from the address `client`; `tls` is the certificate that the server must show."""
    source = (client, 0) if client else None
    connection = http.client.HTTPConnection(to, port, timeout=WAIT_S, source_address=source)
    try:
        if tls is not None:
            context = ssl.create_default_context(cafile=str(tls))
            connection.connect()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host)
        for name, value in (fields or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode() if body is not None else None)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read().decode())
    finally:
        connection.close()


def serve(port, handler, tls=None, to="127.0.0.1"):
    """Serves in the background; returns what ends it."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_):
            pass

    server = Server((to, port), handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, tls))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def close():
        server.shutdown()
        server.server_close()

    return close


def listens(port):
    with socket.socket() as it:
        it.settimeout(1)
        return it.connect_ex(("127.0.0.1", port)) == 0


def stop(process, how=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode
