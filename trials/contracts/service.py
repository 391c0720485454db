"""A small HTTP/1.1 server for the applications of the trials: routes, tokens, replies.

It is careless where many real ones are: names may be given twice (the last counts), unknown fields are welcome, and nobody asks
whose an object is. What an application holds can be read beside HTTP, so that a trial sees what an attack has changed.
"""

import base64
import hashlib
import hmac
import json
import random
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote

BODY_BYTES_MAX = 4 * 1024 * 1024
IDLE_S = 60


class Refused(Exception):
    """The application itself says no."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


class Reply:
    def __init__(self, value=None, status=200, fields=None, text=None):
        self.status, self.fields = status, dict(fields or {})
        if text is not None:
            self.body, self.kind = text.encode(), "text/plain; charset=utf-8"
        elif value is None:
            self.body, self.kind = b"", None
        else:
            self.body, self.kind = json.dumps(value, ensure_ascii=False).encode(), "application/json"


class Request:
    """What an application sees of a request."""

    def __init__(self, method, target, fields, body):
        path, _, query = target.partition("?")
        self.method, self.path, self.fields, self.body = method, unquote(path), fields, body
        self.queries = parse_qsl(query, keep_blank_values=True)
        self.query = dict(self.queries)

    def field(self, name):
        return self.fields.get(name, "")

    def json(self):
        try:
            return json.loads(self.body or b"{}")
        except ValueError:
            raise Refused(400, "no JSON") from None

    def form(self):
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def cookie(self, name):
        pairs = (it.strip().partition("=") for it in self.field("Cookie").split(";"))
        return next((value for key, _, value in pairs if key == name), "")


def encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def make_token(secret, claims):
    """A JWT with HS256."""
    parts = [encode(json.dumps(it, separators=(",", ":")).encode()) for it in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signed = ".".join(parts)
    return f"{signed}.{encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def read_token(secret, text):
    """The claims, or nothing if the signature is another."""
    signed, _, signature = text.rpartition(".")
    right = encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest())
    if not hmac.compare_digest(right, signature):
        return None
    return json.loads(decode(signed.partition(".")[2]))


def merge(into, what):
    """Takes everything that was sent, at any depth: mass assignment."""
    for name, value in what.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            merge(into[name], value)
        else:
            into[name] = value
    return into


def route(method, pattern, anonymous=False):
    """Says which requests a method of an application answers."""
    def marked(function):
        function.route = (method, re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern) + "$"), anonymous)
        return function
    return marked


class Application:
    """State, routes, and who is logged in. One request at a time."""

    ISSUER = ""

    def __init__(self, seed):
        self.random = random.Random(f"{type(self).__name__}/{seed}")
        self.secret = self.random.randbytes(32)
        self.lock = threading.RLock()
        self.version = 1
        # Releases that went wrong: nobody has to log in, and whole rows are answered.
        self.is_open, self.leaks = False, False
        self.issued = 0
        self.routes = [it for it in (getattr(type(self), name) for name in dir(type(self))) if hasattr(it, "route")]

    def hexadecimal(self, digits):
        return f"{self.random.getrandbits(digits * 4):0{digits}x}"

    def uuid(self):
        digits = self.hexadecimal(32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def token(self, **claims):
        self.issued += 1
        return make_token(self.secret, {"iss": self.ISSUER, **claims, "iat": 1_700_000_000 + self.issued, "jti": self.hexadecimal(16)})

    def identify(self, request):
        """Who calls, or nothing."""
        kind, _, token = request.field("Authorization").partition(" ")
        return read_token(self.secret, token) if kind == "Bearer" else None

    def answer(self, request):
        with self.lock:
            try:
                return self.routed(request)
            except Refused as refused:
                return Reply({"error": str(refused)}, refused.status)
            except (KeyError, ValueError, TypeError, IndexError, AttributeError):
                return Reply({"error": "not valid"}, 422)

    def routed(self, request):
        method = "GET" if request.method == "HEAD" else request.method
        is_known = False
        for function in self.routes:
            of, pattern, anonymous = function.route
            found = pattern.match(request.path)
            is_known |= bool(found)
            if not found or of != method:
                continue
            request.who = self.identify(request)
            if request.who is None and not anonymous and not self.is_open:
                return Reply({"error": "log in"}, 401)
            return function(self, request, **found.groupdict())
        return Reply({"error": "no such thing"}, 405 if is_known else 404)


def handler(application):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_S
        wbufsize = 64 * 1024

        def setup(self):
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().setup()

        def answer(self):
            length = min(int(self.headers.get("Content-Length") or 0), BODY_BYTES_MAX)
            reply = application.answer(Request(self.command, self.path, self.headers, self.rfile.read(length)))
            self.send_response(reply.status)
            if reply.kind:
                self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.fields.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
            self.wfile.flush()

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_):
            pass

    return Handler


class Serving:
    """An application that listens on loopback."""

    def __init__(self, application):
        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                """Connections that break off are no news."""

        self.server = Server(("127.0.0.1", 0), handler(application))
        self.address = self.server.server_address
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
