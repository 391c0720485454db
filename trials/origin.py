#!/usr/bin/env python3
"""An origin for trials: does what the field `x-do` of a request says, and logs what was read whole.

    origin.py NAME LOG [--port PORT] [--parallel N --service-ms MS]

`x-do`: `big=BYTES` a long response, `wait=MS` a late one, `sse` events without end, `trailers`, `empty` (204),
`fields=COUNT` many response fields. `Upgrade: websocket` is answered and echoed. SIGUSR1: from now on nothing is answered,
whoever connects. Prints its port. Log lines: `METHOD TARGET BODY-BYTES`.
"""

import argparse
import asyncio
import base64
import hashlib
import os
import resource
import signal
import socket

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
PIECE = b'{"fill":"' + b"x" * 65517 + b'"}\n'
hangs = False


class Gate:
    """At most `parallel` requests are worked on at the same time, each for `ms`; others wait in line."""

    def __init__(self, parallel, ms):
        self.room, self.ms = asyncio.Semaphore(parallel), ms

    async def __aenter__(self):
        await self.room.acquire()
        await asyncio.sleep(self.ms / 1000)

    async def __aexit__(self, *_):
        self.room.release()


class Origin(asyncio.Protocol):
    def __init__(self, name, log, gate):
        self.name, self.log, self.gate = name, log, gate
        self.buffer, self.head, self.got, self.left, self.chunked = bytearray(), None, 0, 0, False
        self.tunnel, self.task, self.can_write = False, None, asyncio.Event()
        self.can_write.set()

    def connection_made(self, transport):
        self.wire = transport

    def connection_lost(self, _):
        self.can_write.set()
        if self.task:
            self.task.cancel()

    def pause_writing(self):
        self.can_write.clear()

    def resume_writing(self):
        self.can_write.set()

    def data_received(self, data):
        if self.tunnel:
            return self.wire.write(unmasked(data))
        self.buffer += data
        while self.task is None and self.step():
            pass

    def step(self):
        """Reads a part of a request; false if more bytes are needed."""
        if self.head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            first, *lines = bytes(self.buffer[:end]).split(b"\r\n")
            del self.buffer[:end + 4]
            fields = {k.lower(): v.strip() for k, _, v in (it.partition(b":") for it in lines)}
            self.head = (*first.split(b" ")[:2], fields)
            self.chunked = b"transfer-encoding" in fields
            self.left, self.got = int(fields.get(b"content-length", 0)), 0
        if self.chunked:
            return self.chunk()
        count = min(self.left, len(self.buffer))
        del self.buffer[:count]
        self.left, self.got = self.left - count, self.got + count
        if self.left:
            return False
        self.whole()
        return True

    def chunk(self):
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        size = int(self.buffer[:end].split(b";")[0], 16)
        if len(self.buffer) < end + 4 + size:
            return False
        del self.buffer[:end + 4 + size]
        self.got += size
        if not size:
            self.whole()
        return True

    def whole(self):
        method, target, fields = self.head
        os.write(self.log, b"%s %s %d\n" % (method, target, self.got))
        self.head = None
        if hangs:
            self.task = asyncio.ensure_future(asyncio.sleep(3600))
        elif fields.get(b"upgrade", b"").lower() == b"websocket":
            key = base64.b64encode(hashlib.sha1(fields[b"sec-websocket-key"] + GUID).digest())
            self.tunnel = True
            self.wire.write(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                            b"sec-websocket-accept: " + key + b"\r\n\r\n")
        elif self.gate or b"x-do" in fields:
            self.task = asyncio.ensure_future(self.answer(method, target, fields))
        else:
            self.wire.write(self.reply(method, target, self.got))

    def reply(self, method, target, got, more=b""):
        body = b'{"read":%d}' % got
        return (b"HTTP/1.1 200 OK\r\nserver: Maker/1.2.3\r\ncontent-type: application/json\r\nx-origin: %s\r\nx-target: %s\r\n"
                b"x-read: %d\r\n%scontent-length: %d\r\n\r\n%s" % (self.name, target, got, more, len(body), b"" if method == b"HEAD" else body))

    async def answer(self, method, target, fields):
        try:
            what, _, amount = fields.get(b"x-do", b"").partition(b"=")
            if self.gate:
                async with self.gate:
                    await self.do(what, amount, method, target)
            else:
                await self.do(what, amount, method, target)
        except asyncio.CancelledError:
            return
        self.task = None
        while self.task is None and self.step():
            pass

    async def do(self, what, amount, method, target):
        got = self.got
        start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-origin: %s\r\n" % self.name
        if what == b"big":
            left = int(amount)
            self.wire.write(start + b"content-length: %d\r\n\r\n" % left)
            while left and not self.wire.is_closing():
                piece = PIECE[:left]
                left -= len(piece)
                self.wire.write(piece)
                await self.can_write.wait()
        elif what == b"sse":
            self.wire.write(start.replace(b"application/json", b"text/event-stream") + b"transfer-encoding: chunked\r\n\r\n")
            count = 0
            while not self.wire.is_closing():
                event = b"data: %d\n\n" % count
                self.wire.write(b"%x\r\n%s\r\n" % (len(event), event))
                count += 1
                await asyncio.sleep(0.2)
        elif what == b"trailers":
            self.wire.write(start + b"trailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-sum: 7\r\n\r\n")
        elif what == b"empty":
            self.wire.write(b"HTTP/1.1 204 No Content\r\nx-origin: %s\r\n\r\n" % self.name)
        elif what == b"fields":
            self.wire.write(self.reply(method, target, got, b"".join(b"x-f%d: %s\r\n" % (i, b"v" * 100) for i in range(int(amount)))))
        else:
            if what == b"wait":
                await asyncio.sleep(int(amount) / 1000)
            self.wire.write(self.reply(method, target, got))


def unmasked(data):
    """Echoes of whole short frames, as the trials send them: one at a time, masked, below 126 bytes."""
    out = b""
    while len(data) >= 6:
        size, mask = data[1] & 0x7F, data[2:6]
        out += bytes([data[0], size]) + bytes(b ^ mask[i % 4] for i, b in enumerate(data[6:6 + size]))
        data = data[6 + size:]
    return out


async def main():
    it = argparse.ArgumentParser()
    it.add_argument("name")
    it.add_argument("log")
    it.add_argument("--port", type=int, default=0)
    it.add_argument("--parallel", type=int, default=0)
    it.add_argument("--service-ms", type=float, default=0)
    asked = it.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    log = os.open(asked.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    gate = Gate(asked.parallel, asked.service_ms) if asked.parallel else None
    loop = asyncio.get_running_loop()

    def hang():
        global hangs
        hangs = True

    loop.add_signal_handler(signal.SIGUSR1, hang)
    # As over Ethernet, and not the 64 KiB segments of loopback, with which buffers grow to megabytes a connection.
    listening = socket.socket()
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", asked.port))
    server = await loop.create_server(lambda: Origin(asked.name.encode(), log, gate), sock=listening, backlog=4096)
    print(listening.getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
