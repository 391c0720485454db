"""What an upstream saw of one request: one line of JSON, appended to its log and sent as its answer.

Bytes are written as Latin-1, so that each byte is one character.
"""

import hashlib
import json


class Log:
    """The log of one upstream. Lines are written at once, before the answer leaves."""

    def __init__(self, path):
        self.file = open(path, "ab", buffering=0)

    def seen(self, method, target, fields, body, path=None, route=None, complete=True):
        line = json.dumps({
            "method": text(method),
            "target": text(target),
            "path": text(path),
            "route": route,
            "fields": [[text(name), text(value)] for name, value in fields],
            "length": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "complete": complete,
        }).encode() + b"\n"
        self.file.write(line)
        return line


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def is_admin(path):
    """What a handler that compares text takes for the denied path."""
    return path == "/admin" or path.startswith("/admin/")
