"""People who write harmless things, each from an address of their own."""

import http.client
import json
import re
from concurrent.futures import ThreadPoolExecutor

import process
import prose

PEOPLE = 40
AT_ONCE = 4
CALL_S = 20
ATTEMPTS = 3
CODE = re.compile(r'"code":\s*"([a-z_.]{1,60})"')
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def send(address, values, first):
    """Sends every value in its field; answers how many got through, and which did not."""
    shares = [(number, values[number::PEOPLE]) for number in range(PEOPLE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda it: one(address, f"127.0.{first}.{it[0] + 1}", it[1]), shares))
    return {"sent": sum(sent for sent, _ in told), "refused": [it for _, refused in told for it in refused]}


def one(address, source, values):
    sent, refused, connection = 0, [], None
    for field, value in values:
        if process.OVER.is_set():
            raise process.Interrupted
        method, target, body, kind, fields = prose.call(field, value)
        if isinstance(body, dict):
            body = json.dumps(body, ensure_ascii=False)
        fields = {"User-Agent": BROWSER, "Accept": "*/*", **({"Content-Type": kind} if kind else {}), **fields}
        for attempt in range(ATTEMPTS):
            try:
                connection = connection or http.client.HTTPConnection(*address, timeout=CALL_S, source_address=(source, 0))
                connection.request(method, target, body.encode() if body else None, fields)
                answer = connection.getresponse()
                said = answer.read().decode("utf-8", "replace")
                break
            except (OSError, http.client.HTTPException):
                # One that was idle may have been closed meanwhile.
                connection and connection.close()
                connection, answer, said = None, None, ""
        sent += 1
        if not answer or not answer.getheader("X-Victim"):
            code = CODE.search(said)
            refused.append({"field": field, "value": value, "code": code[1] if code else f"status {answer.status}" if answer else "no answer"})
    connection and connection.close()
    return sent, refused
