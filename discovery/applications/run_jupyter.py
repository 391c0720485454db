#!/usr/bin/env python3
"""Jupyter Server behind the gateway, at ordinary work.

    pip install jupyter_server==2.21.1 ipykernel==7.4.0 requests==2.34.2 websocket-client==1.9.2
    BARTIZAN=target/debug/bartizan discovery/applications/run_jupyter.py --folder NEW

Three people share one server and its token, as it has but one: one sends it as `Authorization`, one logs in and has a
cookie (and the field against forged requests), one has it in the URL, as links of Jupyter do. A second Jupyter Server uses
the first for its kernels: that is Jupyter's own client of its own API. Kernels run code over WebSocket.

Bounded: `SECONDS_MAX` in all. Mistakes are among it: missing files, wrong tokens, bad bodies, kernels that are gone.
"""

import argparse
import contextlib
import json
import random
import shutil
import sys
import time
import uuid

import requests
import websocket
from stand import Stand, arguments, free_port, said

SECONDS_MAX = 420
TOKEN = "b5d2f1c07a9e4d3e8b6a"
CALL_S = 30
ROUNDS = 24
WORDS = ("sales", "churn", "weather", "sensors", "survey", "genome", "traffic", "prices", "images", "budget", "logs", "geo")
CODE = ("1 + 1", "print('hello')", "import math; math.pi", "[x * x for x in range(5)]", "raise ValueError('no')")


class Person:
    """A client with a way of its own to show the token."""

    def __init__(self, url, name, way):
        self.url, self.name, self.way, self.http = url, name, way, requests.Session()
        self.http.headers["User-Agent"] = {"header": "nbwork/1.4", "cookie": "Mozilla/5.0", "query": "nblinks/0.3"}[way]
        if way == "header":
            self.http.headers["Authorization"] = f"token {TOKEN}"
        if way == "cookie":
            self.http.get(f"{url}/login", timeout=CALL_S)
            self.http.post(f"{url}/login", data={"password": TOKEN, "_xsrf": self.http.cookies.get("_xsrf", "")}, timeout=CALL_S)
            self.http.headers["X-XSRFToken"] = self.http.cookies.get("_xsrf", "")

    def call(self, method, path, body=None, **query):
        if self.way == "query":
            query["token"] = TOKEN
        return self.http.request(method, f"{self.url}/api{path}", json=body, params=query, timeout=CALL_S, allow_redirects=False)

    def made(self, method, path, body=None, **query):
        """The answer's JSON, or nothing if it was no success."""
        answer = self.call(method, path, body, **query)
        return answer.json() if answer.ok and answer.content else None


def notebook(random_, cells):
    cell = {"cell_type": "code", "metadata": {}, "source": random_.choice(CODE), "outputs": [], "execution_count": None}
    text = {"cell_type": "markdown", "metadata": {}, "source": f"# {random_.choice(WORDS)}"}
    names = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    cells = [{**random_.choice((cell, text)), "id": uuid.UUID(int=random_.getrandbits(128)).hex[:8]} for _ in range(cells)]
    return {"cells": cells, "metadata": names, "nbformat": 4, "nbformat_minor": 5}


def files(person, random_, number):
    """A morning with files: a folder, notebooks, texts, renames, copies, checkpoints."""
    home = f"{random_.choice(WORDS)}-{number}"
    person.call("PUT", f"/contents/{home}", {"type": "directory"})
    for name in random_.sample(WORDS, 4):
        path = f"{home}/{name}.ipynb"
        model = {"type": "notebook", "format": "json", "content": notebook(random_, random_.randint(1, 12))}
        person.call("PUT", f"/contents/{path}", model)
        person.call("GET", f"/contents/{path}", type="notebook", content=random_.choice((0, 1)))
        if random_.random() < 0.6:
            point = person.made("POST", f"/contents/{path}/checkpoints")
            person.call("GET", f"/contents/{path}/checkpoints")
            if point and random_.random() < 0.5:
                person.call("POST", f"/contents/{path}/checkpoints/{point['id']}")
            if point and random_.random() < 0.3:
                person.call("DELETE", f"/contents/{path}/checkpoints/{point['id']}")
        if random_.random() < 0.3:
            person.call("POST", f"/contents/{path}/trust")
    text = {"type": "file", "format": "text", "content": "day,value\n" + "\n".join(f"{d},{random_.random()}" for d in range(random_.randint(3, 60)))}
    person.call("PUT", f"/contents/{home}/data.csv", text)
    person.call("GET", f"/contents/{home}/data.csv", format="text", hash=1)
    person.call("GET", f"/contents/{home}/data.csv", format="base64", type="file")
    person.call("PUT", f"/contents/{home}/notes.md", {**text, "content": "a note"})
    untitled = person.made("POST", f"/contents/{home}", {"type": random_.choice(("notebook", "file", "directory")), "ext": ".txt"})
    if untitled:
        person.call("PATCH", f"/contents/{untitled['path']}", {"path": f"{home}/renamed-{number}"})
    copy = person.made("POST", f"/contents/{home}", {"copy_from": f"{home}/notes.md"})
    if copy:
        person.call("DELETE", f"/contents/{copy['path']}")
    person.call("GET", f"/contents/{home}", content=1, type="directory")
    person.call("PUT", f"/contents/{home}/figures", {"type": "directory"})
    person.call("PUT", f"/contents/{home}/figures/a.txt", {**text, "content": "x"})
    person.call("GET", f"/contents/{home}/figures/a.txt")
    person.call("GET", "/contents")


def execute(person, kernel, code):
    """Runs a line in a kernel, over WebSocket, and reads until it is idle again."""
    header = [f"Authorization: token {TOKEN}"]
    url = f"{person.url.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
    message = {"header": {"msg_id": uuid.uuid4().hex, "username": person.name, "session": uuid.uuid4().hex, "msg_type": "execute_request",
                          "version": "5.3"}, "parent_header": {}, "metadata": {}, "channel": "shell",
               "content": {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}}
    with contextlib.suppress(websocket.WebSocketException, OSError):
        line = websocket.create_connection(url, header=header, timeout=10)
        line.send(json.dumps(message))
        for _ in range(40):
            read = line.recv()
            answer = json.loads(read) if isinstance(read, str) and read else {}
            if answer.get("content", {}).get("execution_state") == "idle" and answer["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                break
        line.close()


def kernels(person, random_, number):
    person.call("GET", "/kernelspecs")
    person.call("GET", "/kernelspecs/python3")
    path = f"{random_.choice(WORDS)}-{number}.ipynb"
    session = person.made("POST", "/sessions", {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}})
    if not session:
        return
    kernel = session["kernel"]["id"]
    execute(person, kernel, random_.choice(CODE))
    for _ in range(random_.randint(1, 3)):
        person.call("GET", f"/kernels/{kernel}")
    person.call("GET", "/sessions")
    person.call("GET", f"/sessions/{session['id']}")
    person.call("PATCH", f"/sessions/{session['id']}", {"path": f"moved-{path}", "name": f"moved-{path}", "type": "notebook"})
    person.call("POST", f"/kernels/{kernel}/interrupt")
    if random_.random() < 0.5:
        person.call("POST", f"/kernels/{kernel}/restart")
    person.call("GET", "/kernels")
    if random_.random() < 0.7:
        person.call("DELETE", f"/sessions/{session['id']}")
        person.call("GET", f"/sessions/{session['id']}")
    else:
        person.call("DELETE", f"/kernels/{kernel}")
    lone = person.made("POST", "/kernels", {"name": "python3", "path": "."})
    if lone:
        person.call("GET", f"/kernels/{lone['id']}")
        person.call("DELETE", f"/kernels/{lone['id']}")


def rest(person, random_):
    person.call("GET", "/")
    person.call("GET", "/status")
    person.call("GET", "/me")
    person.call("GET", "/me", permissions=json.dumps({"contents": ["read", "write"], "kernels": ["execute"]}))
    section = random_.choice(("notebook", "common", "edit", "tree"))
    person.call("GET", f"/config/{section}")
    person.call("PATCH", f"/config/{section}", {"load_extensions": {random_.choice(WORDS): True}, "Cell": {"indent": random_.randint(2, 8)}})
    terminal = person.made("POST", "/terminals")
    person.call("GET", "/terminals")
    if terminal:
        person.call("GET", f"/terminals/{terminal['name']}")
        if random_.random() < 0.8:
            person.call("DELETE", f"/terminals/{terminal['name']}")


def mistakes(person, random_):
    person.call("GET", f"/contents/{random_.choice(WORDS)}/none.ipynb")
    person.call("GET", "/contents/notes.md", type="directory")
    person.call("GET", f"/kernels/{uuid.UUID(int=random_.getrandbits(128))}")
    person.call("POST", "/sessions", {"name": "no path"})
    person.call("POST", "/sessions", {"path": "a.ipynb", "type": "notebook", "kernel": {"name": "fortran"}})
    person.call("DELETE", f"/terminals/{random_.randint(100, 999)}")
    requests.get(f"{person.url}/api/contents", headers={"Authorization": "token wrong"}, timeout=CALL_S)
    requests.get(f"{person.url}/api/sessions", timeout=CALL_S)


def other_server(stand, url):
    """A second server whose kernels run in the first: Jupyter's own client."""
    port = free_port()
    home = stand.folder / "second"
    home.mkdir()
    stand.start("second", [sys.executable, "-m", "jupyter_server", *quiet(port, home, "second"), f"--gateway-url={url}",
                           f"--GatewayClient.auth_token={TOKEN}"], **places(home))
    stand.wait(f"http://127.0.0.1:{port}/api")
    person = Person(f"http://127.0.0.1:{port}", "second", "header")
    person.http.headers["Authorization"] = "token second"
    for number in range(5):
        session = person.made("POST", "/sessions", {"path": f"far-{number}.ipynb", "name": "far", "type": "notebook", "kernel": {"name": "python3"}})
        person.call("GET", "/kernelspecs")
        person.call("GET", "/kernels")
        person.call("GET", "/sessions")
        if session:
            person.call("POST", f"/kernels/{session['kernel']['id']}/interrupt")
            person.call("POST", f"/kernels/{session['kernel']['id']}/restart")
            person.call("DELETE", f"/sessions/{session['id']}")


def quiet(port, home, token):
    return [f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1", f"--IdentityProvider.token={token}", "--ServerApp.open_browser=False",
            f"--ServerApp.root_dir={home}", "--ServerApp.port_retries=0", "--allow-root"]


def places(home):
    return {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / ".config"), "JUPYTER_DATA_DIR": str(home / ".data"),
            "JUPYTER_RUNTIME_DIR": str(home / ".runtime"), "IPYTHONDIR": str(home / ".ipython")}


def main():
    wishes = arguments(argparse.ArgumentParser(description=__doc__.splitlines()[0]))
    random_ = random.Random(wishes.seed)
    with Stand(wishes.folder, wishes.bartizan, SECONDS_MAX) as stand:
        home, port = stand.folder / "home", free_port()
        home.mkdir()
        url = stand.application([sys.executable, "-m", "jupyter_server", *quiet(port, home, TOKEN)], f"http://127.0.0.1:{port}/api", **places(home))
        answer = requests.get(f"http://127.0.0.1:{port}/api/spec.yaml", headers={"Authorization": f"token {TOKEN}"}, timeout=CALL_S)
        (stand.folder / "description.yaml").write_text(answer.text)
        people = [Person(url, name, way) for name, way in (("ada", "header"), ("ben", "cookie"), ("cleo", "query"))]
        for number in range(ROUNDS):
            person = people[number % len(people)]
            files(person, random_, number)
            rest(person, random_)
            if number % 2 == 0:
                kernels(person, random_, number)
            if number % 3 == 0:
                mistakes(person, random_)
        other_server(stand, url)
        for person in people:
            for it in person.made("GET", "/kernels") or []:
                person.call("DELETE", f"/kernels/{it['id']}")
        time.sleep(2)
    shutil.rmtree(stand.folder / "home", ignore_errors=True)
    print(said(stand.folder))


if __name__ == "__main__":
    main()
