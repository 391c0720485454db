"""tornado."""

import asyncio
import logging
import os
import sys

from seen import Log, is_admin
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, ResponseStartLine
from tornado.routing import PathMatches

log = Log(os.environ["SEEN_LOG"])
logging.disable(logging.CRITICAL)
ADMIN = PathMatches("/admin(/.*)?")


def seen(request):
    is_routed = ADMIN.match(request) is not None or is_admin(request.path)
    line = log.seen(request.method, request.uri.encode("latin-1", "replace"),
                    list(request.headers.get_all()), request.body, request.path,
                    "admin" if is_routed else "other")
    line = b"" if request.method == "HEAD" else line
    fields = HTTPHeaders({"content-type": "application/json", "x-seen": "1",
                          "content-length": str(len(line))})
    request.connection.write_headers(ResponseStartLine("HTTP/1.1", 200, "OK"), fields, line)
    request.connection.finish()


async def main():
    HTTPServer(seen, max_header_size=1 << 20, max_body_size=1 << 30,
               max_buffer_size=1 << 30).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
