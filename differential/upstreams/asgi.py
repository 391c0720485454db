"""ASGI: uvicorn (h11, httptools) and hypercorn. Routes as Starlette does, if that is there."""

import os

from seen import Log, is_admin

log = Log(os.environ["SEEN_LOG"])
try:
    from starlette.routing import Match, Route

    ROUTES = [Route(it, lambda _: None, methods=None) for it in ("/admin", "/admin/{rest:path}")]
except ImportError:
    ROUTES = []


def route(scope):
    scope = dict(scope, type="http", root_path="")
    is_routed = any(it.matches(scope)[0] is not Match.NONE for it in ROUTES)
    return "admin" if is_routed or is_admin(scope["path"]) else "other"


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body, more = b"", scope["type"] == "http"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        more = message.get("more_body", False)
    query = scope["query_string"]
    target = scope["raw_path"] + (b"?" + query if query else b"")
    method = scope.get("method", "GET")
    line = log.seen(method, target, scope["headers"], body, scope["path"], route(scope))
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close"})
        return
    fields = [(b"content-type", b"application/json"), (b"x-seen", b"1"),
              (b"content-length", b"%d" % len(line))]
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else line})
