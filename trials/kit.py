"""What trials share: bartizan and origins as processes, clients for HTTP/1.1 and HTTP/2, figures and verdicts."""

import asyncio
import json
import logging
import os
import random
import re
import resource
import signal
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
BINARY = Path(os.environ.get("TRIALS_BINARY", HERE.parent / "target/release/bartizan"))
CACHE = Path(os.environ.get("TRIALS_CACHE", HERE / ".cache"))
QUICK = "--quick" in sys.argv
PASSED, FAILED, INCOMPLETE = 0, 1, 4
START_S = 20
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

_hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (_hard, _hard))


class Verdict:
    """Collects what was seen, prints it, and becomes the exit code."""

    def __init__(self):
        self.failed, self.skipped = [], []

    def holds(self, what, is_so, seen=""):
        print(f"  {'ok  ' if is_so else 'FAIL'} {what}" + (f": {seen}" if seen != "" else ""), flush=True)
        if not is_so:
            self.failed.append(what)
        return is_so

    def note(self, what, seen=""):
        print(f"       {what}" + (f": {seen}" if seen != "" else ""), flush=True)

    def skip(self, what):
        print(f"  skip {what}", flush=True)
        self.skipped.append(what)

    def end(self):
        code = FAILED if self.failed else INCOMPLETE if self.skipped else PASSED
        print({FAILED: "FAILED: " + "; ".join(self.failed), INCOMPLETE: "incomplete: " + "; ".join(self.skipped), PASSED: "passed"}[code])
        sys.exit(code)


def scratch():
    """A folder that is gone after the trial."""
    folder = tempfile.TemporaryDirectory(prefix="trial-")
    scratch.kept.append(folder)
    return Path(folder.name)


scratch.kept = []


def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def ms(seconds):
    return f"{seconds * 1000:.1f} ms"


def resident(pid):
    """Resident bytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


class Memory(threading.Thread):
    """Follows the resident memory of a process."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.first, self.most, self.over = pid, resident(pid), 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.05):
            try:
                self.most = max(self.most, resident(self.pid))
            except (OSError, ProcessLookupError):
                return

    def end(self):
        self.over.set()
        self.join()
        return self.most


class Origin:
    def __init__(self, name, folder, *more):
        self.log = Path(folder) / f"{name}.log"
        self.process = subprocess.Popen([sys.executable, str(HERE / "origin.py"), name, str(self.log), *map(str, more)],
                                        stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    def requests(self):
        return [line.split(" ") for line in self.log.read_text().splitlines()]

    def hang(self):
        self.process.send_signal(signal.SIGUSR1)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Bartizan:
    """An instance with a configuration that may change."""

    def __init__(self, folder, config, under=(), **process):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file, self.data, self.said = self.folder / "bartizan.yaml", self.folder / "data", self.folder / "log"
        self.base = config
        self.write(config)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("BARTIZAN_")}
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen([*under, str(BINARY), "run", "-c", str(self.file)], stdout=said, stderr=said, env=clean, **process)
        until, found = time.monotonic() + START_S, None
        while not found and time.monotonic() < until and self.process.poll() is None:
            time.sleep(0.01)
            text = self.said.read_text()
            found = re.search(r"listening +https?://[^ ]*?:(\d+) .*?admin +http://[^ ]*?:(\d+)/", text, re.S)
        if not found:
            self.process.kill()
            raise RuntimeError("no start: " + self.said.read_text())
        self.port, self.admin, self.pid = int(found[1]), int(found[2]), self.process.pid

    def write(self, config):
        """JSON is YAML. The file is replaced in one step."""
        whole = {"version": 1, "admin": {"address": "127.0.0.1:0"}, **config}
        whole["listen"] = {"address": "127.0.0.1:0", "http2": True, **config.get("listen", {})}
        whole["data"] = {"dir": str(self.data), "journal_bytes_max": "2GiB", **config.get("data", {})}
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(whole, indent=1))
        fresh.rename(self.file)

    def revision(self):
        return int(self.metrics()["bartizan_revision"])

    def reloaded(self, before, within_s):
        """The revision that came after `before`, or none."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            now = self.revision()
            if now > before:
                return now
            time.sleep(0.01)
        return None

    def refused(self, within_s):
        """Whether the last reload was refused."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            if self.status()["reload_fault"]:
                return True
            time.sleep(0.02)
        return False

    def hup(self):
        self.process.send_signal(signal.SIGHUP)

    def term(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        if self.process.poll() is None:
            self.term()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def tell(self, *command):
        done = subprocess.run([str(BINARY), *command, "--data", str(self.data), "-o", "json"], capture_output=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]

    def journal(self):
        return self.tell("tail", "--last", "100000000")

    def status(self):
        return self.tell("status")[0]

    def metrics(self):
        with Plain(self.admin) as wire:
            _, _, text = wire.get("/metrics", close=True)
        return {k: float(v) for k, _, v in (it.rpartition(" ") for it in text.decode().splitlines() if not it.startswith("#"))}


def journal(folder):
    """Intents (id to endpoint), answered ids and observed ids in the files of a journal, as they lie there."""
    intents, answered, observed = {}, set(), Counter()
    for path in sorted(folder.glob("*.journal")):
        data, at = path.read_bytes(), 32
        while at + 12 <= len(data):
            length, kind, _, _, crc = struct.unpack_from("<IBBHI", data, at)
            payload = data[at + 12:at + 12 + length]
            if len(payload) < length or zlib.crc32(data[at + 4:at + 8] + payload) != crc:
                break
            if kind == 3:
                intents[payload[:16][::-1].hex()] = struct.unpack_from("<Q", payload, 32)[0]
            elif kind == 7:
                answered.add(payload[:16][::-1].hex())
            elif kind == 1:
                observed[payload[:16][::-1].hex()] += 1
            at += 12 + length
    return intents, answered, observed


class Plain:
    """A blocking client for a question now and then."""

    def __init__(self, port, within_s=5):
        import socket
        self.wire = socket.create_connection(("127.0.0.1", port), within_s)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    def get(self, path, close=False):
        self.wire.sendall(b"GET %s HTTP/1.1\r\nhost: 127.0.0.1\r\n%s\r\n" % (path.encode(), b"connection: close\r\n" if close else b""))
        text = b""
        while b"\r\n\r\n" not in text:
            text += self.more()
        head, _, body = text.partition(b"\r\n\r\n")
        fields = {k.lower(): v.strip() for k, _, v in (it.partition(b":") for it in head.split(b"\r\n")[1:])}
        while len(body) < int(fields.get(b"content-length", 0)):
            body += self.more()
        return int(head[9:12]), fields, body

    def more(self):
        piece = self.wire.recv(65536)
        if not piece:
            raise ConnectionError("closed")
        return piece


class Reply:
    __slots__ = ("status", "fields", "body", "close", "trailers")

    def __init__(self, status, fields):
        self.status, self.fields, self.body, self.close, self.trailers = status, fields, b"", False, {}


class Gone(Exception):
    """The connection ended without an answer. `raced`: it had begun to end before the request was written."""


class Http1(asyncio.Protocol):
    """A kept connection: one request at a time."""

    def __init__(self):
        self.buffer, self.waiting, self.reply, self.is_open, self.head_only = bytearray(), None, None, False, False
        self.left, self.chunked, self.raw = 0, False, None

    @classmethod
    async def connect(cls, port, context=None, name="localhost", source=None):
        loop = asyncio.get_running_loop()
        _, it = await loop.create_connection(cls, "127.0.0.1", port, ssl=context, server_hostname=name if context else None,
                                             local_addr=(source, 0) if source else None)
        return it

    def connection_made(self, transport):
        self.wire, self.is_open = transport, True

    def connection_lost(self, _):
        self.is_open = False
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(Gone())

    def close(self):
        self.wire.abort()

    def send(self, data, head_only=False):
        """Sends a request whole, or its beginning; the future is its reply."""
        self.waiting = asyncio.get_running_loop().create_future()
        self.head_only = head_only
        if not self.is_open:
            self.waiting.set_exception(Gone())
        else:
            self.wire.write(data)
        return self.waiting

    def data_received(self, data):
        if self.raw is not None:
            return self.raw(data)
        self.buffer += data
        while self.step():
            pass

    def step(self):
        if self.reply is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            first, *lines = bytes(self.buffer[:end]).split(b"\r\n")
            del self.buffer[:end + 4]
            fields = {k.lower(): v.strip() for k, _, v in (it.partition(b":") for it in lines)}
            status = int(first[9:12])
            if 100 <= status < 200 and status != 101:
                return True
            self.reply = Reply(status, fields)
            self.reply.close = fields.get(b"connection", b"").lower() == b"close"
            none = self.head_only or status in (101, 204, 304)
            self.chunked = not none and b"transfer-encoding" in fields
            self.left = 0 if none else int(fields.get(b"content-length", 0))
        if self.chunked:
            end = self.buffer.find(b"\r\n")
            if end < 0:
                return False
            size = int(self.buffer[:end], 16)
            if len(self.buffer) < end + 4 + size:
                return False
            self.reply.body += self.buffer[end + 2:end + 2 + size]
            del self.buffer[:end + 4 + size]
            if size:
                return True
        else:
            if len(self.buffer) < self.left:
                return False
            self.reply.body = bytes(self.buffer[:self.left])
            del self.buffer[:self.left]
        reply, self.reply = self.reply, None
        if reply.close:
            self.is_open = False
            self.wire.close()
        if self.waiting and not self.waiting.done():
            self.waiting.set_result(reply)
        return False


def request(method, path, fields=(), body=None, host="localhost"):
    """The bytes of an HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}", *(f"{k}: {v}" for k, v in fields)]
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")


def number(value, bits, first=0):
    """RFC 7541 section 5.1."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    out, value = bytearray([first | most]), value - most
    while value >= 128:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def literal(name, value, first=0):
    """A field as a literal; with `first` 0x40 it enters the dynamic table."""
    return bytes([first]) + number(len(name), 7) + name + number(len(value), 7) + value


def block(method, path, fields=(), scheme="http", host="localhost"):
    pseudo = ((":method", method), (":path", path), (":scheme", scheme), (":authority", host))
    return b"".join(literal(k.encode(), v.encode()) for k, v in (*pseudo, *fields))


DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


class Http2(asyncio.Protocol):
    """A connection with several streams. Needs `hpack` for what comes back."""

    def __init__(self):
        import hpack
        self.decoder = hpack.Decoder()
        self.buffer, self.streams, self.next, self.is_open = bytearray(), {}, 1, False
        self.last, self.sending, self.window, self.windows, self.initial = None, {}, 65535, {}, 65535
        self.peer, self.arrived, self.owed, self.is_eager = {}, 0, {}, False

    connect = classmethod(Http1.connect.__func__)

    def connection_made(self, transport):
        self.wire, self.is_open = transport, True
        transport.write(PREFACE + frame(SETTINGS, 0, 0, (4).to_bytes(2, "big") + (1 << 20).to_bytes(4, "big"))
                        + frame(WINDOW_UPDATE, 0, 0, (1 << 24).to_bytes(4, "big")))

    def connection_lost(self, _):
        self.is_open = False
        for it, _ in self.streams.values():
            if not it.done():
                it.set_exception(Gone())

    def close(self):
        self.wire.abort()

    @property
    def takes(self):
        return self.is_open and self.last is None and self.next < 1 << 30

    def send(self, method, path, fields=(), body=None, scheme="http", host="localhost"):
        it = asyncio.get_running_loop().create_future()
        if not self.takes:
            it.set_exception(Gone())
            return it
        stream, self.next = self.next, self.next + 2
        self.streams[stream] = (it, Reply(0, {}))
        coded = block(method, path, fields, scheme, host)
        first, coded = coded[:16000], coded[16000:]
        out = frame(HEADERS, (0 if body else 1) | (0 if coded else 4), stream, first)
        while coded:
            piece, coded = coded[:16000], coded[16000:]
            out += frame(CONTINUATION, 0 if coded else 4, stream, piece)
        self.wire.write(out)
        if body:
            self.windows[stream], self.sending[stream] = self.initial, memoryview(body)
            self.flow()
        return it

    def flow(self):
        for stream, body in list(self.sending.items()):
            while body:
                count = min(len(body), self.window, self.windows[stream], 16384)
                if count <= 0:
                    break
                self.window -= count
                self.windows[stream] -= count
                self.wire.write(frame(DATA, 0 if count < len(body) else 1, stream, bytes(body[:count])))
                body = body[count:]
            if body:
                self.sending[stream] = body
            else:
                del self.sending[stream]

    def data_received(self, data):
        self.buffer += data
        while len(self.buffer) >= 9:
            size = int.from_bytes(self.buffer[:3], "big")
            if len(self.buffer) < 9 + size:
                return
            kind, flags, stream = self.buffer[3], self.buffer[4], int.from_bytes(self.buffer[5:9], "big") & 0x7FFFFFFF
            payload = bytes(self.buffer[9:9 + size])
            del self.buffer[:9 + size]
            self.frame(kind, flags, stream, payload)

    def frame(self, kind, flags, stream, payload):
        if kind in (HEADERS, CONTINUATION):
            self.block = payload if kind == HEADERS else self.block + payload
            self.ends = flags & 1 if kind == HEADERS else self.ends
            if flags & 4:
                fields = {k if isinstance(k, bytes) else k.encode(): v if isinstance(v, bytes) else v.encode()
                          for k, v in self.decoder.decode(self.block, raw=True)}
                kept = self.streams.get(stream)
                if kept:
                    status = int(fields.pop(b":status", 0))
                    if status >= 200:
                        kept[1].status, kept[1].fields = status, fields
                    elif not status:
                        kept[1].trailers = fields
                if self.ends:
                    self.done(stream)
        elif kind == DATA:
            kept = self.streams.get(stream)
            if kept:
                kept[1].body += payload
            # As browsers do: credit for the connection by halves of the first window, for a stream while it goes on.
            self.arrived += len(payload)
            if self.arrived >= (1 if self.is_eager else 32768) and payload:
                self.wire.write(frame(WINDOW_UPDATE, 0, 0, self.arrived.to_bytes(4, "big")))
                self.arrived = 0
            if payload and not flags & 1:
                self.owed[stream] = self.owed.get(stream, 0) + len(payload)
                if self.owed[stream] >= (1 if self.is_eager else 32768):
                    self.wire.write(frame(WINDOW_UPDATE, 0, stream, self.owed.pop(stream).to_bytes(4, "big")))
            if flags & 1:
                self.done(stream)
        elif kind == SETTINGS and not flags & 1:
            for at in range(0, len(payload), 6):
                key, value = int.from_bytes(payload[at:at + 2], "big"), int.from_bytes(payload[at + 2:at + 6], "big")
                self.peer[key] = value
                if key == 4:
                    for it in self.windows:
                        self.windows[it] += value - self.initial
                    self.initial = value
            self.wire.write(frame(SETTINGS, 1, 0))
            self.flow()
        elif kind == PING and not flags & 1:
            self.wire.write(frame(PING, 1, 0, payload))
        elif kind == WINDOW_UPDATE:
            more = int.from_bytes(payload, "big")
            if stream:
                self.windows[stream] = self.windows.get(stream, self.initial) + more
            else:
                self.window += more
            self.flow()
        elif kind == RST_STREAM:
            kept = self.streams.pop(stream, None)
            self.sending.pop(stream, None)
            if kept and not kept[0].done():
                kept[0].set_exception(Gone("reset %d" % int.from_bytes(payload, "big")))
        elif kind == GOAWAY:
            self.last = int.from_bytes(payload[:4], "big") & 0x7FFFFFFF
            for it in [it for it in self.streams if it > self.last]:
                kept = self.streams.pop(it)
                if not kept[0].done():
                    kept[0].set_exception(Refused())
            self.leave()

    def done(self, stream):
        kept = self.streams.pop(stream, None)
        self.windows.pop(stream, None)
        self.owed.pop(stream, None)
        if kept and not kept[0].done():
            kept[0].set_result(kept[1])
        self.leave()

    def leave(self):
        if self.last is not None and not self.streams:
            self.wire.close()
            self.is_open = False


class Refused(Exception):
    """The stream was above the last one that GOAWAY named: it was not processed, and may be sent again."""


def client_context(protocols=("http/1.1",)):
    it = ssl.create_default_context()
    it.check_hostname, it.verify_mode = False, ssl.CERT_NONE
    it.set_alpn_protocols(list(protocols))
    return it


def certificate(folder, name, kind="ec", subject="localhost", names="DNS:localhost,IP:127.0.0.1", days=90):
    """A self-made certificate and its key."""
    key, cert = Path(folder) / f"{name}.key", Path(folder) / f"{name}.pem"
    made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"] if kind == "ec" else ["-newkey", "rsa:2048"]
    subprocess.run(["openssl", "req", "-x509", *made, "-nodes", "-keyout", str(key), "-out", str(cert), "-days", str(days),
                    "-subj", f"/CN={subject}", "-addext", f"subjectAltName={names}"], check=True, capture_output=True)
    return cert, key


class Probe(threading.Thread):
    """A well-behaved client: requests at even times on one kept connection, whether answers come or not, from a process of
    its own. Gives (second, latency or None) of each."""

    def __init__(self, port, rate=100, path="/ordinary", source="127.0.0.1", fields=()):
        super().__init__(daemon=True)
        command = [sys.executable, str(HERE / "probe.py"), str(port), str(rate), path, source, json.dumps(list(fields))]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.seen, self.faults = [], {}
        self.start()

    def run(self):
        for line in self.process.stdout:
            at, took = line.split()
            if took.startswith("-"):
                self.faults[took[1:]] = self.faults.get(took[1:], 0) + 1
            self.seen.append((float(at), None if took.startswith("-") else float(took)))

    def between(self, since, until):
        return [took for at, took in list(self.seen) if since <= at < until]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.join(2)


def p99(seen):
    return quantile([it for it in seen if it is not None], 0.99)


NOISE_S = 0.005


def unharmed(verdict, what, before, during, times=2.0, aside=None):
    """Whether the 99th percentile is at most `times` of what it was. Latencies below 5 ms count as 5 ms, and what the
    machine did to a client that went past bartizan (`aside`) counts too: two busy cores make their own."""
    failed = sum(1 for it in during if it is None)
    was, became, past = p99(before), p99(during), p99(aside) if aside else 0.0
    verdict.holds(f"{what}: every ordinary request answered", not failed and bool(during), f"{len(during) - failed} of {len(during)}")
    allowed = times * max(was, past, NOISE_S)
    verdict.holds(f"{what}: p99 of the ordinary client at most {times:g} times", became <= allowed,
                  f"{ms(was)} before, {ms(became)} during" + (f", {ms(past)} past bartizan at that time" if aside else ""))


random.seed(1)
logging.getLogger("asyncio").setLevel(logging.CRITICAL)         # writes to connections that are gone
