"""One lane: a client, the product, a tap that keeps every byte, and one upstream.

    client -> product -> tap -> upstream

One case after the other, so that whatever the upstream sees between the beginning and the end of a
case comes from that case, or from what an earlier one left behind on a kept connection; either way it
shows. Without an upstream the tap itself answers 200 to whatever comes ("raw").

Memory   the bytes of one case, and what was left over of earlier ones.
"""

import json
import selectors
import socket
import time

import lenient
import strict

QUIET_S = 0.08  # a request that is not complete: so long nobody may have said anything
HARD_S = 4.0
SEEN_S = 0.6  # nginx writes its answer before its log
ANSWER = b"HTTP/1.1 200 OK\r\nx-raw: 1\r\ncontent-length: 0\r\n\r\n"

FORWARDED = strict.Rules(is_forwarded=True, raw_targets=True)


class Wire:
    """A socket that is read and written without waiting."""

    def __init__(self, lane, sock, on_data, on_end):
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lane, self.sock, self.out = lane, sock, bytearray()
        self.on_data, self.on_end, self.is_open = on_data, on_end, True
        lane.selector.register(sock, selectors.EVENT_READ, self)

    def send(self, data):
        if self.is_open:
            self.out += data
            self.flush()

    def flush(self):
        try:
            while self.out:
                count = self.sock.send(self.out[:262144])
                del self.out[:count]
        except BlockingIOError:
            pass
        except OSError:
            self.out.clear()
        if self.is_open:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.out else 0)
            self.lane.selector.modify(self.sock, events, self)

    def ready(self, events):
        if events & selectors.EVENT_WRITE:
            self.flush()
        if not events & selectors.EVENT_READ or not self.is_open:
            return
        try:
            data = self.sock.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.on_data(data)
        else:
            self.close()
            self.on_end()

    def close(self):
        if self.is_open:
            self.is_open = False
            self.lane.selector.unregister(self.sock)
            self.sock.close()


class Link:
    """One connection from the product to the upstream."""

    def __init__(self, lane, sock):
        self.lane, self.sent, self.answers, self.unanswered = lane, b"", b"", []
        self.broken, self.spare, self.began = None, 0, 0.0
        self.down = Wire(lane, sock, self.from_product, self.product_left)
        self.up = None
        if lane.upstream_port:
            try:
                up = socket.create_connection(("127.0.0.1", lane.upstream_port), 5)
                self.up = Wire(lane, up, self.from_upstream, self.upstream_left)
            except OSError:
                self.down.close()

    def from_product(self, data):
        self.lane.touch()
        data = self.lane.leak(data)
        self.began = self.began or time.monotonic()
        self.sent += data
        if self.up:
            self.up.send(data)
        else:
            waiting = strict.requests(self.sent, FORWARDED)
            due = len(waiting.messages) - self.spare
            self.spare += due
            if waiting.state == "bad":
                due = 1
            self.from_upstream(ANSWER * due) if due else None

    def from_upstream(self, data):
        self.lane.touch()
        self.answers += data
        self.down.send(data)

    def product_left(self):
        if self.up:
            self.up.close()

    def upstream_left(self):
        # What is still on its way to the product is written first.
        self.down.flush()
        self.down.close()

    def is_over(self):
        return not self.down.is_open

    def take(self):
        """Messages that are complete by now, each with its answer if there is one; more answers than
        messages; readings of careless servers that differ. What is incomplete stays for later."""
        fresh, careless = [], []
        if self.broken is None:
            stream = strict.requests(self.sent, FORWARDED)
            is_ascii = not any(strict.BEYOND_ASCII.search(it.target) for it in stream.messages)
            if stream.messages and self.lane.is_raw and is_ascii:
                careless = misread(self.sent[:len(self.sent) - len(stream.rest)], stream.messages)
            self.sent, self.spare = stream.rest, 0
            if stream.state == "bad":
                self.broken = stream.reason
            fresh = stream.messages
        self.unanswered += fresh
        closed = self.up is not None and not self.up.is_open
        answers = strict.responses(self.answers, [it.method for it in self.unanswered], closed)
        self.answers = answers.rest
        pairs = []
        for answer in answers.messages[:len(self.unanswered)]:
            pairs.append((self.unanswered.pop(0), answer))
        if self.is_over() and self.sent:
            self.lane.cut(self.sent)
        # A case is over: what has no answer by now will have none that counts.
        pairs += [(it, None) for it in self.unanswered]
        spare = max(0, len(answers.messages) - len(pairs))
        if spare and self.sent and self.broken is None:
            # The answer to a request that has not come to its end.
            spare -= 1
            self.lane.early += 1
        self.unanswered = []
        return pairs, spare, careless


def misread(data, messages):
    """What careless readers make of forwarded bytes, where it differs."""
    want = [(it.method, it.target, it.body) for it in messages]
    return [f"read otherwise where {it.name}" for it in lenient.HABITS if lenient.requests(data, it) != want]


class Lane:
    """Runs cases. `evaluate` in `run` says what of it is a difference."""

    def __init__(self, upstream_port, log, leaks=False, hard_s=None):
        self.selector = selectors.DefaultSelector()
        self.upstream_port = upstream_port
        self.log = open(log, "rb") if log else None
        self.links, self.client, self.answer, self.ended = [], None, b"", False
        self.cuts, self.early = [], 0
        self.is_raw = upstream_port is None
        self.leaks, self.unread, self.hard_s = leaks, b"", hard_s or HARD_S
        self.last = time.monotonic()
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        listener.setblocking(False)
        self.listener, self.tap_port = listener, listener.getsockname()[1]
        self.selector.register(listener, selectors.EVENT_READ, None)

    def touch(self):
        self.last = time.monotonic()

    def leak(self, data):
        """For `--leak`: copies a field past the judge, once for each case that wants it."""
        if not self.leaks or b" HTTP/1.1\r\nhost: " not in data[:16384]:
            return data
        return data.replace(b"\r\nx-forwarded-for: ", b"\r\nX-Past-The-Judge: 1\r\nx-forwarded-for: ", 1)

    def pump(self, wait):
        for key, events in self.selector.select(wait):
            if key.data is None:
                sock, _ = self.listener.accept()
                self.links.append(Link(self, sock))
            elif key.data.is_open:
                key.data.ready(events)

    def exchange(self, port, wire, is_answered, is_whole):
        """Sends `wire` and waits until `is_answered(answer)` or the end; and for quiet behind that, if
        what was sent is not whole. Gives the answer, and whether it was waited for in vain."""
        self.answer, self.ended = b"", False
        self.touch()
        begun = self.last
        self.client = Wire(self, socket.create_connection(("127.0.0.1", port), 5), self.answered, self.end)
        parts = wire if isinstance(wire, list) else [wire]
        for part in parts[:-1]:
            self.client.send(part)
            until = time.monotonic() + 0.003
            while time.monotonic() < until:
                self.pump(0.003)
        self.client.send(parts[-1])
        answered = False
        while not self.ended:
            answered = answered or is_answered(self.answer)
            now = time.monotonic()
            quiet_s = min(QUIET_S, self.hard_s / 4) if answered else self.hard_s
            if (answered and is_whole) or now - self.last > quiet_s or now - begun > 2 * self.hard_s:
                break
            self.pump(min(0.02, quiet_s))
        timed_out = not self.ended and not answered and not is_answered(self.answer)
        self.client.close()
        self.pump(0)
        return self.answer, timed_out

    def answered(self, data):
        self.touch()
        self.answer += data

    def end(self):
        self.ended = True

    def take(self):
        """What passed the tap since the last call: requests with their answers, in order; bytes that
        break the grammar; answers too many; what the upstream logged; careless readings."""
        pairs, broken, spare, careless = [], [], 0, []
        for link in sorted(self.links, key=lambda it: it.began):
            found, more, misread = link.take()
            link.began = 0.0
            pairs += found
            spare += more
            careless += misread
            if link.broken:
                # Nothing behind it can be told apart: the product must open another connection.
                broken.append((link.broken, bytes(link.sent[:400])))
                link.down.close()
                link.product_left()
        self.links = [it for it in self.links if not it.is_over()]
        want = sum(1 for _, it in pairs if it is not None and it.value(b"x-seen") is not None)
        records = self.records()
        until = time.monotonic() + SEEN_S
        while len(records) < want and time.monotonic() < until:
            self.pump(0.002)
            records += self.records()
        return pairs, broken, spare, records, careless

    def cut(self, data):
        """Notes a request that broke off on its way."""
        words = data.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        self.cuts.append(tuple(words[:2]))

    def records(self):
        if not self.log:
            return []
        data = self.unread + self.log.read()
        *lines, self.unread = data.split(b"\n")
        return [(json.loads(it), it) for it in lines]

    def close(self):
        for link in self.links:
            link.down.close()
            if link.up:
                link.up.close()
        self.listener.close()
