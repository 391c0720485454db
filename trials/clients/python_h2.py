"""Cases for the Python library `h2`, a strict reader of what a server sends. python_h2.py PORT"""

import json
import socket
import sys

import h2.config
import h2.connection
import h2.errors
import h2.events

port = int(sys.argv[1])


class Session:
    def __init__(self):
        self.wire = socket.create_connection(("127.0.0.1", port), 15)
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.replies = {}
        self.flush()

    def flush(self):
        self.wire.sendall(self.h2.data_to_send())

    def send(self, method="GET", fields=(), body=None):
        stream = self.h2.get_next_available_stream_id()
        self.replies[stream] = {"status": 0, "size": 0, "trailers": {}, "fields": {}, "done": False}
        self.h2.send_headers(stream, [(":method", method), (":path", "/a"), (":scheme", "http"), (":authority", "localhost"), *fields],
                             end_stream=body is None)
        self.flush()
        while body is not None:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(body))
            if room:
                piece, body = body[:room], body[room:]
                self.h2.send_data(stream, piece, end_stream=not body)
                self.flush()
                if not body:
                    break
            else:
                self.read()
        return stream

    def read(self):
        data = self.wire.recv(65536)
        if not data:
            raise ConnectionError("closed")
        for it in self.h2.receive_data(data):
            reply = self.replies.get(getattr(it, "stream_id", None))
            if isinstance(it, h2.events.ResponseReceived):
                reply["fields"] = dict(it.headers)
                reply["status"] = int(reply["fields"][":status"])
            elif isinstance(it, h2.events.TrailersReceived):
                reply["trailers"] = dict(it.headers)
            elif isinstance(it, h2.events.DataReceived):
                reply["size"] += len(it.data)
                self.h2.acknowledge_received_data(it.flow_controlled_length, it.stream_id)
            elif isinstance(it, h2.events.StreamEnded):
                reply["done"] = True
            elif isinstance(it, h2.events.StreamReset):
                raise ConnectionError(f"reset {it.error_code}")
        self.flush()

    def ask(self, *what, **more):
        stream = self.send(*what, **more)
        return self.wait(stream)

    def wait(self, stream):
        while not self.replies[stream]["done"]:
            self.read()
        return self.replies[stream]


def post():
    it = Session().ask("POST", [("content-type", "application/octet-stream")], body=b"\x80" * (1 << 20))
    return it["status"] == 200 and it["fields"]["x-read"] == str(1 << 20)


def many():
    session = Session()
    return all(session.wait(it)["status"] == 200 for it in [session.send(fields=[("x-do", "wait=200")]) for _ in range(100)])


def large():
    it = Session().ask(fields=[("x-large", "v" * 20000), ("x-do", "fields=100")])
    return it["status"] == 200 and len(it["fields"]["x-f99"]) == 100


def cancelled():
    session = Session()
    for _ in range(20):
        stream = session.send(fields=[("x-do", "wait=5000")])
        session.ask()
        session.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        session.flush()
    return session.ask()["status"] == 200


CASES = {
    "GET": lambda: Session().ask()["status"] == 200,
    "POST 1 MiB": post,
    "100 streams": many,
    "trailers": lambda: Session().ask(fields=[("x-do", "trailers"), ("te", "trailers")])["trailers"].get("x-sum") == "7",
    "HEAD": lambda: (lambda it: it["status"] == 200 and it["size"] == 0)(Session().ask("HEAD")),
    "204": lambda: (lambda it: it["status"] == 204 and it["size"] == 0)(Session().ask(fields=[("x-do", "empty")])),
    "large headers": large,
    "10 MB": lambda: Session().ask(fields=[("x-do", "big=10000000")])["size"] == 10_000_000,
    "20 cancelled": cancelled,
}
for name, run in CASES.items():
    try:
        ok, seen = run(), ""
    except Exception as fault:
        ok, seen = False, f"{type(fault).__name__} {fault}"
    print(json.dumps({"case": name, "ok": ok, "seen": seen}), flush=True)
# No stop under it: to this library a connection is over with the first GOAWAY, and the PING that tells an orderly one apart
# (RFC 9113 section 6.8) is an error.
