"""aiohttp, with its compiled parser or (AIOHTTP_NO_EXTENSIONS=1) with the one written in Python."""

import asyncio
import os
import sys

from aiohttp import web
from seen import Log, is_admin

log = Log(os.environ["SEEN_LOG"])
routes = web.Application()
for path in ("/admin", "/admin/{rest:.*}"):
    routes.router.add_route("*", path, lambda _: None)


async def seen(request):
    body = await request.read()
    found = await routes.router.resolve(request)
    is_routed = found.http_exception is None
    route = "admin" if is_routed or is_admin(request.path) else "other"
    line = log.seen(request.method, request.raw_path.encode("utf-8", "surrogateescape"), request.raw_headers, body, request.path, route)
    return web.Response(body=b"" if request.method == "HEAD" else line,
                        headers={"content-type": "application/json", "x-seen": "1"})


async def main():
    server = web.Server(seen, keepalive_timeout=3600, max_line_size=1 << 20,
                        max_field_size=1 << 20)
    runner = web.ServerRunner(server)
    server.request_factory = request_of(server.request_factory)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await asyncio.Event().wait()


def request_of(factory):
    """Requests without the application's limit of the body."""

    def make(*args, **named):
        request = factory(*args, **named)
        request._client_max_size = 1 << 30
        return request

    return make


asyncio.run(main())
