"""Stands between a tool and what it talks to, passes every byte on, and counts what came back.

Because it is the same for every tool, and for both halves, nothing rests on what a tool says of itself.
"""

import asyncio
import re
import threading
from collections import Counter

CALLS_MAX = 400_000
# Of one connection, kept until it is counted.
BYTES_MAX = 1 << 20
CHUNK = 64 * 1024
STOP_S = 10

HEAD = re.compile(rb"HTTP/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")
CODE = re.compile(rb'"code":\s*"([a-z_.]{1,60})"')
# What lies on every Unix machine, and what tools for reading files ask for.
PASSWORDS = re.compile(rb"root:[^:\n]{0,200}:0:0:")
REFLECTED = re.compile(rb"<!--in-->(.*?)<!--out-->", re.S)
TAG = re.compile(rb"<[a-zA-Z/!]")


class Count:
    """What came back."""

    def __init__(self):
        self.calls, self.refused, self.codes, self.marks, self.files, self.tags = 0, 0, Counter(), set(), 0, 0

    def add(self, answers, mark):
        """Takes what came back on one connection. Who did not get to the application was refused."""
        heads = list(HEAD.finditer(answers))
        for head, after in zip(heads, [*heads[1:], None]):
            self.calls += 1
            if b"x-victim:" not in head[2].lower():
                body = answers[head.end():after.start() if after else len(answers)]
                code = CODE.search(body)
                self.refused += 1
                self.codes[code[1].decode() if code else f"status {head[1].decode()}"] += 1
        self.marks.update(mark.findall(answers))
        self.files += bool(PASSWORDS.search(answers))
        self.tags += sum(bool(TAG.search(it)) for it in REFLECTED.findall(answers))


class Tap:
    """Listens on a port of its own for as long as it is open; runs in a thread of its own."""

    def __init__(self, upstream, mark):
        self.upstream, self.mark, self.count = upstream, mark, Count()
        self.loop, self.is_open = asyncio.new_event_loop(), threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        if not self.is_open.wait(STOP_S):
            raise TimeoutError("the tap does not open")
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.over.set)
        self.thread.join(STOP_S)

    def serve(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.listen())
        self.loop.close()

    async def listen(self):
        self.over, self.under_way = asyncio.Event(), set()
        server = await asyncio.start_server(self.connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.is_open.set()
        await self.over.wait()
        server.close()
        for it in self.under_way:
            it.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)

    async def connection(self, reader, writer):
        self.under_way.add(asyncio.current_task())
        upstream, answers = None, bytearray()
        try:
            if self.count.calls < CALLS_MAX:
                upstream = await asyncio.open_connection(*self.upstream)
                sending = asyncio.ensure_future(pump(reader, upstream[1], None))
                await pump(upstream[0], writer, self.keep(answers))
                sending.cancel()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self.count.add(bytes(answers), self.mark)
            for it in (writer, upstream and upstream[1]):
                if it:
                    it.close()
            self.under_way.discard(asyncio.current_task())

    def keep(self, answers):
        def take(piece):
            answers.extend(piece)
            if len(answers) > BYTES_MAX:
                # At the beginning of an answer, so that none is counted twice.
                last = answers.rfind(b"HTTP/1.", 1)
                end = last if last > 0 else len(answers)
                self.count.add(bytes(answers[:end]), self.mark)
                del answers[:end]
        return take


async def pump(reader, writer, take):
    try:
        while piece := await reader.read(CHUNK):
            if take:
                take(piece)
            writer.write(piece)
            await writer.drain()
        if take is None and writer.can_write_eof():
            writer.write_eof()
    except (OSError, RuntimeError):
        pass
