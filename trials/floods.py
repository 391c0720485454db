#!/usr/bin/env python3
"""Floods over HTTP/2: frames written by hand over clear text, default settings.

Each flood runs for at most ten seconds on one connection while an ordinary client asks. Its connection must be closed within
a second of its beginning; one that only holds windows shut must be gone soon after `limits.body_timeout`.
"""

import argparse
import selectors
import socket
import time

import kit
from kit import CONTINUATION, DATA, GOAWAY, HEADERS, PING, PREFACE, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE, block, frame, literal, number

FLOOD_S, CLOSED_S, GROWTH_MAX = 10, 1.0, 32 << 20
BODY_TIMEOUT_S = 30
GET = block("GET", "/flood")
POST = block("POST", "/flood", [("content-type", "application/octet-stream")])
WAIT = block("GET", "/flood", [("x-do", "wait=2000")])
BIG = block("GET", "/flood", [("x-do", "big=10000000")])


def u32(value):
    return value.to_bytes(4, "big")


def odd():
    stream = 1
    while True:
        yield stream
        stream += 2


def rapid_reset():
    for it in odd():
        yield frame(HEADERS, 5, it, WAIT) + frame(RST_STREAM, 0, it, u32(8))


def rapid_reset_late():
    """Resets come a hundred streams later, when exchanges have begun."""
    for it in odd():
        yield frame(HEADERS, 5, it, WAIT) + (frame(RST_STREAM, 0, it - 200, u32(8)) if it > 200 else b"")


def made_you_reset(what):
    def flood():
        for it in odd():
            yield frame(HEADERS, 5, it, WAIT) + what(it)
    return flood


def posts_closed():
    """DATA behind END_STREAM, each on a stream whose request is under way."""
    for it in odd():
        yield frame(HEADERS, 5, it, WAIT) + frame(DATA, 0, it, b"x")


def continuation():
    yield frame(HEADERS, 1, 1, GET)
    while True:
        yield frame(CONTINUATION, 0, 1, literal(b"x-fill", b"y" * 1000))


def continuation_empty():
    yield frame(HEADERS, 1, 1, GET)
    while True:
        yield frame(CONTINUATION, 0, 1)


def settings():
    while True:
        yield frame(SETTINGS, 0, 0)


def settings_full():
    while True:
        yield frame(SETTINGS, 0, 0, (4).to_bytes(2, "big") + u32(65535))


def settings_table():
    at = 0
    while True:
        at += 1
        yield frame(SETTINGS, 0, 0, ((1).to_bytes(2, "big") + u32(at % 2 * 4096)) * 50)


def ping():
    while True:
        yield frame(PING, 0, 0, b"12345678")


def empty_data():
    yield frame(HEADERS, 4, 1, POST)
    while True:
        yield frame(DATA, 0, 1)


def padded_data():
    """Frames of padding only: no byte of a body, but flow control to give back."""
    yield frame(HEADERS, 4, 1, POST)
    while True:
        yield frame(DATA, 8, 1, b"\x00")


def priority():
    while True:
        yield frame(PRIORITY, 0, 1, u32(3) + b"\x10")


def window_updates():
    yield frame(HEADERS, 4, 1, POST)
    while True:
        yield frame(WINDOW_UPDATE, 0, 0, u32(1))


def hpack_bomb():
    """One field of 3,900 bytes enters the dynamic table, and is named 4,000 times in each further block."""
    yield frame(HEADERS, 5, 1, GET + literal(b"x-bomb", b"b" * 3900, 0x40))
    for it in odd():
        if it > 1:
            yield frame(HEADERS, 5, it, GET + number(62, 7, 0x80) * 4000)


def hpack_bomb_crumbs():
    """The same with cookies, which are joined."""
    yield frame(HEADERS, 5, 1, GET + literal(b"cookie", b"b" * 3900, 0x40))
    for it in odd():
        if it > 1:
            yield frame(HEADERS, 5, it, GET + number(62, 7, 0x80) * 4000)


def many_streams():
    """More requests than streams allowed, none of them taken back."""
    for it in odd():
        yield frame(HEADERS, 5, it, WAIT)


def unknown():
    while True:
        yield frame(0xBB, 0, 0, b"")


FLOODS = {
    "Rapid Reset": rapid_reset,
    "Rapid Reset, late": rapid_reset_late,
    "MadeYouReset, window update 0": made_you_reset(lambda it: frame(WINDOW_UPDATE, 0, it, u32(0))),
    "MadeYouReset, window overflow": made_you_reset(lambda it: frame(WINDOW_UPDATE, 0, it, u32(0x7FFFFFFF))),
    "MadeYouReset, data after the end": posts_closed,
    "MadeYouReset, depends on itself": made_you_reset(lambda it: frame(PRIORITY, 0, it, u32(it) + b"\x00")),
    "MadeYouReset, priority of 4 bytes": made_you_reset(lambda it: frame(PRIORITY, 0, it, u32(1))),
    "MadeYouReset, head after the end": made_you_reset(lambda it: frame(HEADERS, 5, it, GET)),
    "CONTINUATION without end": continuation,
    "CONTINUATION, empty": continuation_empty,
    "SETTINGS, empty": settings,
    "SETTINGS, window": settings_full,
    "SETTINGS, table size": settings_table,
    "PING": ping,
    "empty DATA": empty_data,
    "padding only": padded_data,
    "PRIORITY": priority,
    "WINDOW_UPDATE": window_updates,
    "unknown frames": unknown,
    "HPACK bomb": hpack_bomb,
    "HPACK bomb, cookies": hpack_bomb_crumbs,
    "streams over the limit": many_streams,
}


class Attack:
    """Sends a flood as fast as it is taken, reads what comes, and tells when the connection ended."""

    def __init__(self, port, flood):
        self.wire = socket.create_connection(("127.0.0.1", port), 5)
        self.wire.setblocking(False)
        self.flood, self.sent, self.goaway, self.resets, self.got = flood, 0, None, 0, bytearray()

    def run(self):
        since = time.monotonic()
        waiting = selectors.DefaultSelector()
        waiting.register(self.wire, selectors.EVENT_READ | selectors.EVENT_WRITE)
        out, more = bytearray(PREFACE + frame(SETTINGS, 0, 0)), self.flood()
        try:
            while time.monotonic() < since + FLOOD_S:
                for _, mask in waiting.select(0.05):
                    if mask & selectors.EVENT_READ and not self.read():
                        return time.monotonic() - since
                    if mask & selectors.EVENT_WRITE:
                        while len(out) < 65536:
                            piece = next(more)
                            out += piece
                            self.sent += 1
                        del out[:self.wire.send(out)]
        except OSError:
            return time.monotonic() - since
        finally:
            self.wire.close()
        return None

    def read(self):
        """False at the end. Frames are looked at for GOAWAY and resets."""
        piece = self.wire.recv(65536)
        self.got += piece
        while len(self.got) >= 9:
            size = int.from_bytes(self.got[:3], "big")
            if len(self.got) < 9 + size:
                break
            if self.got[3] == GOAWAY:
                self.goaway = int.from_bytes(self.got[13:17], "big")
            self.resets += self.got[3] == RST_STREAM
            del self.got[:9 + size]
        return bool(piece)


def shut_windows(port, streams=100, dribble=False):
    """Long replies on many streams whose windows stay shut, or open by a byte at a time."""
    wire = socket.create_connection(("127.0.0.1", port), 5)
    wire.sendall(PREFACE + frame(SETTINGS, 0, 0, (4).to_bytes(2, "big") + u32(0)))
    wire.sendall(b"".join(frame(HEADERS, 5, 1 + 2 * it, BIG) for it in range(streams)))
    since = time.monotonic()
    wire.settimeout(0.05)
    turn, ended, last = 0, set(), 0.0
    got = bytearray()
    try:
        while time.monotonic() < since + BODY_TIMEOUT_S + 15 and len(ended) < streams:
            try:
                piece = wire.recv(65536)
                if not piece:
                    break
                got += piece
            except TimeoutError:
                pass
            while len(got) >= 9:
                size = int.from_bytes(got[:3], "big")
                if len(got) < 9 + size:
                    break
                kind, flags, stream = got[3], got[4], int.from_bytes(got[5:9], "big")
                if kind == SETTINGS and not flags & 1:
                    wire.sendall(frame(SETTINGS, 1, 0))
                if kind == RST_STREAM:
                    ended.add(stream)
                del got[:9 + size]
            if dribble and time.monotonic() > last + 0.02:
                turn, last = turn + 1, time.monotonic()
                wire.sendall(frame(WINDOW_UPDATE, 0, 1 + 2 * (turn % streams), u32(1)))
        else:
            if len(ended) < streams:
                return None, len(ended)
    except OSError:
        pass
    finally:
        wire.close()
    return time.monotonic() - since, len(ended)


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--only", default="")
    only = asked.parse_args().only
    verdict, folder = kit.Verdict(), kit.scratch()
    origin, aside_origin = kit.Origin("origin", folder), kit.Origin("aside", folder)
    bartizan = kit.Bartizan(folder / "b", {
        "upstreams": [{"name": "origin", "url": origin.url}, {"name": "ordinary", "url": aside_origin.url}],
        "routes": [{"name": "ordinary", "path": "/ordinary", "upstream": "ordinary"}, {"name": "all", "upstream": "origin"}]})
    probe, aside = kit.Probe(bartizan.port, 100), kit.Probe(aside_origin.port, 100)
    try:
        time.sleep(2)
        begun = time.monotonic()
        time.sleep(4)
        before = (begun, time.monotonic())
        quiet = probe.between(*before)
        for name, flood in FLOODS.items():
            if only.lower() not in name.lower():
                continue
            print(name, flush=True)
            memory, begun = kit.Memory(bartizan.pid), time.monotonic()
            attack = Attack(bartizan.port, flood)
            closed = attack.run()
            time.sleep(1.5)
            most = memory.end()
            verdict.holds(f"{name}: closed within {CLOSED_S:g} s", closed is not None and closed <= CLOSED_S,
                          (f"{closed:.2f} s" if closed is not None else f"open after {FLOOD_S} s") +
                          f", {attack.sent} sent, {attack.resets} resets, " + ("no GOAWAY" if attack.goaway is None else f"GOAWAY {attack.goaway}"))
            verdict.holds(f"{name}: memory grew by at most 32 MiB", most - memory.first <= GROWTH_MAX, f"{(most - memory.first) / 2 ** 20:.1f} MiB")
            until = time.monotonic()
            kit.unharmed(verdict, name, quiet, probe.between(begun, until), aside=aside.between(begun, until))
        for name, dribble in (("shut windows", False), ("shut windows, a byte at a time", True)):
            if only.lower() not in name:
                continue
            print(name, flush=True)
            memory, begun = kit.Memory(bartizan.pid), time.monotonic()
            closed, resets = shut_windows(bartizan.port, dribble=dribble)
            most, until = memory.end(), time.monotonic()
            verdict.holds(f"{name}: gone soon after body_timeout", closed is not None and closed <= BODY_TIMEOUT_S + 5,
                          f"{closed:.1f} s, {resets} of 100 streams reset" if closed else f"open, {resets} of 100 streams reset")
            verdict.holds(f"{name}: memory grew by at most 32 MiB", most - memory.first <= GROWTH_MAX, f"{(most - memory.first) / 2 ** 20:.1f} MiB")
            kit.unharmed(verdict, name, quiet, probe.between(begun, until), aside=aside.between(begun, until))
        verdict.holds("still serving", bartizan.process.poll() is None and not bartizan.status()["overloaded"])
    finally:
        probe.stop()
        aside.stop()
        bartizan.stop()
        origin.stop()
        aside_origin.stop()
    verdict.end()


if __name__ == "__main__":
    main()
