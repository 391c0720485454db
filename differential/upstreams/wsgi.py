"""WSGI: gunicorn and waitress. Routes as Werkzeug (Flask) does, if that is there."""

import os

from seen import Log, is_admin

log = Log(os.environ["SEEN_LOG"])
try:
    from werkzeug.exceptions import HTTPException
    from werkzeug.routing import Map, Rule

    RULES = Map([Rule("/admin"), Rule("/admin/<path:rest>"), Rule("/admin/")])
except ImportError:
    RULES = None


def route(environ):
    path = environ["PATH_INFO"]
    if is_admin(path):
        return "admin"
    if RULES is not None:
        try:
            RULES.bind("h").match(path.encode("latin-1").decode("utf-8", "replace"))
            return "admin"
        except HTTPException:
            pass
    return "other"


def app(environ, start_response):
    body = environ["wsgi.input"].read()
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    fields = [(name, value) for name, value in environ.items() if name.startswith("HTTP_")]
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if name in environ:
            fields.append((f"HTTP_{name}", environ[name]))
    length = environ.get("CONTENT_LENGTH")
    complete = not (length or "").isdigit() or int(length) == len(body)
    line = log.seen(environ["REQUEST_METHOD"], target, fields, body, environ["PATH_INFO"],
                    route(environ), complete)
    start_response("200 OK", [("content-type", "application/json"), ("x-seen", "1"),
                              ("content-length", str(len(line)))])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else line]
