"""A client of HTTP/1.1 that keeps its connection, and what it got for an answer."""

import http.client
import json
import time
from urllib.parse import urlencode

CALL_S = 20
ATTEMPTS = 2


class Answer:
    """Status, body, and which clause refused it, if bartizan did."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body
        self.text = body.decode("utf-8", "replace")
        try:
            self.value = json.loads(body) if body else None
        except ValueError:
            self.value = None
        is_problem = fields.get("content-type", "").startswith("application/problem+json")
        problem = self.value if is_problem and isinstance(self.value, dict) else {}
        if not problem and isinstance(self.value, dict) and status >= 400:
            # Callers of GraphQL get refusals in its own words.
            errors = self.value.get("errors")
            first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
            problem = first.get("extensions") or {}
        self.decision = problem.get("decision_id")
        self.refused_by = problem.get("code") if self.decision else None

    @property
    def is_good(self):
        return 200 <= self.status < 300


class Unreachable(Exception):
    """Nobody answered."""


class Client:
    def __init__(self, address, fields=None, source=None):
        self.address, self.fields, self.connection = address, dict(fields or {}), None
        self.source = (source, 0) if source else None

    def call(self, method, target, value=None, *, form=None, text=None, kind=None, fields=None):
        """Sends JSON (`value`), a form, or text as it is."""
        headers, body = {**self.fields, **(fields or {})}, None
        if value is not None:
            body, headers["Content-Type"] = json.dumps(value, ensure_ascii=False).encode(), kind or "application/json"
        elif form is not None:
            body, headers["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        elif text is not None:
            body, headers["Content-Type"] = text.encode(), kind or "application/json"
        for _ in range(ATTEMPTS):
            is_new = self.connection is None
            if is_new:
                self.connection = http.client.HTTPConnection(*self.address, timeout=CALL_S, source_address=self.source)
            try:
                self.connection.request(method, target, body, headers)
                answer = self.connection.getresponse()
                read = answer.read()
            except (http.client.HTTPException, OSError) as fault:
                self.close()
                if is_new:
                    raise Unreachable(type(fault).__name__) from None
                # A connection that was idle may have been closed meanwhile.
                continue
            if answer.will_close:
                self.close()
            return Answer(answer.status, {name.lower(): it for name, it in answer.getheaders()}, read)
        raise Unreachable("closed twice")

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


def until(what, found, seconds, pause_s=0.5):
    """The first true value of `found()`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        it = found()
        if it:
            return it
        time.sleep(pause_s)
    raise TimeoutError(f"{what}: not within {seconds} s")
