#!/usr/bin/env python3
"""An application that is injectable on purpose, on loopback only: what a tool can take out of it carries marks.

    app.py --database sqlite:FOLDER|postgresql:SOCKET_FOLDER --marks WORD --folder FOLDER

Prints `ready PORT` when it serves. `careful` on standard input makes it bind every value, `careless` paste it again; it ends with its
input. As root it becomes `nobody` before it serves: what a tool has it do, it does as that.
"""

import argparse
import codecs
import html
import ipaddress
import json
import os
import pwd
import queue
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

sys.dont_write_bytecode = True

try:
    import jinja2
except ImportError:
    jinja2 = None
try:
    import psycopg2
except ImportError:
    psycopg2 = None

MARKS = 40
BODY_BYTES_MAX = 256 * 1024
ROWS_MAX = 200
CONNECTIONS = 6
STATEMENT_MS = 8_000
# What sqlmap has SQLite do to spend time is to build hundreds of megabytes. It has enough other ways.
SQLITE_VALUE_BYTES_MAX = 1_000_000
COMMAND_S = 6
OUTPUT_BYTES_MAX = 64 * 1024
IDLE_S = 30

# How a value is pasted, and how it is bound.
STATEMENTS = {
    "string": ("SELECT id, name, price FROM products WHERE name = '{}'", "SELECT id, name, price FROM products WHERE name = ?"),
    "number": ("SELECT id, name, price FROM products WHERE category = {}", "SELECT id, name, price FROM products WHERE CAST(category AS TEXT) = ?"),
    "like": ("SELECT id, name, price FROM products WHERE name LIKE '%{}%'", "SELECT id, name, price FROM products WHERE name = ?"),
    "order": ("SELECT id, name, price FROM products ORDER BY {}", "SELECT id, name, price FROM products WHERE name <> ? ORDER BY price"),
    "insert": ("INSERT INTO reviews (author, words) VALUES ('web', '{}') RETURNING words", "INSERT INTO reviews (author, words) VALUES ('web', ?) RETURNING words"),
    "json": ("SELECT id, login FROM people WHERE login = '{}'", "SELECT id, login FROM people WHERE login = ?"),
    "header": ("INSERT INTO visits (agent) VALUES ('{}') RETURNING agent", "INSERT INTO visits (agent) VALUES (?) RETURNING agent"),
    "cookie": ("SELECT login FROM people WHERE token = '{}'", "SELECT login FROM people WHERE token = ?"),
    "path": ("SELECT id, name, price FROM products WHERE id = {}", "SELECT id, name, price FROM products WHERE CAST(id AS TEXT) = ?"),
}
TELLS_ERRORS = ("string", "insert", "json")
PRODUCTS = ("Lamp", "Desk lamp", "Chair", "Table", "Shelf", "Mirror", "Carpet", "Clock", "Vase", "Candle", "Sofa", "Stool")
PEOPLE = ("anna", "bela", "carl", "dora", "emil")


def marks(word):
    """What is worth stealing: a word that stands nowhere else, forty times."""
    return [f"{word}{number:02d}k" for number in range(1, MARKS + 1)]


def token(login):
    return f"t-{login}-5150"


class Fault(Exception):
    """What the database said."""


class Database:
    """A few connections to SQLite or PostgreSQL."""

    def __init__(self, where, word):
        self.kind, _, self.place = where.partition(":")
        self.errors = sqlite3.Error if self.kind == "sqlite" else psycopg2.Error
        if self.kind == "postgresql":
            self.provide()
        self.free = queue.Queue()
        first = self.connect()
        self.fill(first, word)
        self.free.put(first)
        for _ in range(CONNECTIONS - 1):
            self.free.put(self.connect())

    def provide(self):
        """A user who may do little, and a database of theirs."""
        keeper = psycopg2.connect(host=self.place, user="keeper", dbname="postgres")
        keeper.autocommit = True
        with keeper.cursor() as cursor:
            cursor.execute("CREATE USER shop")
            cursor.execute("CREATE DATABASE shop OWNER shop")
        keeper.close()

    def connect(self):
        if self.kind == "sqlite":
            it = sqlite3.connect(Path(self.place) / "shop.db", check_same_thread=False, isolation_level=None, timeout=STATEMENT_MS / 1000)
            it.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, SQLITE_VALUE_BYTES_MAX)
            it.execute("PRAGMA synchronous = OFF")
        else:
            it = psycopg2.connect(host=self.place, user="shop", dbname="shop", options=f"-c statement_timeout={STATEMENT_MS}")
            it.autocommit = True
        return it

    def fill(self, connection, word):
        cursor = connection.cursor()
        key = "INTEGER PRIMARY KEY" if self.kind == "sqlite" else "SERIAL PRIMARY KEY"
        for table in ("accounts (id {}, mark TEXT)", "products (id {}, name TEXT, category INTEGER, price INTEGER)",
                      "people (id {}, login TEXT, token TEXT)", "reviews (id {}, author TEXT, words TEXT)", "visits (id {}, agent TEXT)"):
            cursor.execute("CREATE TABLE " + table.format(key))
        for it in marks(word):
            cursor.execute(f"INSERT INTO accounts (mark) VALUES ('{it}')")
        for number, name in enumerate(PRODUCTS):
            cursor.execute(f"INSERT INTO products (name, category, price) VALUES ('{name}', {1 + number % 3}, {900 - 37 * number * (number % 4)})")
        for login in PEOPLE:
            cursor.execute(f"INSERT INTO people (login, token) VALUES ('{login}', '{token(login)}')")

    def ask(self, statement, *values):
        connection = self.free.get(timeout=IDLE_S)
        try:
            cursor = connection.cursor()
            if values:
                cursor.execute(statement.replace("?", "%s") if self.kind == "postgresql" else statement, values)
            else:
                cursor.execute(statement)
            return [list(it) for it in cursor.fetchmany(ROWS_MAX)] if cursor.description else []
        except (self.errors, ValueError) as fault:
            # `ValueError`: a value with a null byte, which neither driver takes.
            raise Fault(str(fault)) from None
        finally:
            self.free.put(connection)


class Inside(BaseHTTPRequestHandler):
    """A service that only the application is meant to reach."""

    def do_GET(self):
        body = "\n".join(self.server.marks).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads, request_queue_size, is_careful = True, 256, False

    def handle_error(self, *_):
        # Clients that hang up are ordinary.
        pass


class Handler(BaseHTTPRequestHandler):
    protocol_version, timeout, disable_nagle_algorithm = "HTTP/1.1", IDLE_S, True

    def do_GET(self):
        target = urlsplit(self.path)
        fields = dict(parse_qsl(target.query, keep_blank_values=True))
        for path, (field, act) in PAGES.items():
            if target.path == path:
                return act(self, fields.get(field, ""))
        if target.path.startswith("/products/"):
            # Some write spaces as in a query.
            return self.rows("path", unquote(target.path[len("/products/"):]).replace("+", " "))
        return self.say(404, {"error": "no such page"})

    def do_POST(self):
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > BODY_BYTES_MAX:
            self.close_connection = True
            return self.say(413, {"error": "too long"})
        body = self.rfile.read(int(size)).decode("utf-8", "replace")
        if self.path == "/reviews":
            return self.stored("insert", dict(parse_qsl(body, keep_blank_values=True)).get("words", ""))
        if self.path == "/log-in":
            try:
                login = json.loads(body)["login"]
            except (ValueError, KeyError, TypeError):
                return self.say(400, {"error": "no login"})
            return self.rows("json", again(str(login)))
        return self.say(404, {"error": "no such page"})

    def index(self, _):
        links = "".join(f'<li><a href="{html.escape(it)}">{html.escape(it)}</a>' for it in LINKS)
        form = '<form method="post" action="/reviews"><input name="words" value="good"><input type="submit"></form>'
        self.page(200, f"<!doctype html><title>Shop</title><ul>{links}</ul>{form}")

    def rows(self, context, value):
        found = self.ask(context, value)
        if found is not None:
            self.say(200, {"rows": found})

    def search(self, value):
        self.rows("like", again(value))

    def stored(self, context, value):
        found = self.ask(context, value)
        if found is not None:
            kept = bool(found and found[0][0])
            self.say(200 if kept else 422, {"stored": kept})

    def welcome(self, _):
        self.stored("header", self.headers.get("User-Agent", ""))

    def account(self, _):
        found = [it.split("=", 1) for it in self.headers.get("Cookie", "").split("; ") if "=" in it]
        value = unquote(dict(found).get("session", ""))
        try:
            # Either form of the token is taken.
            value = b64decode(value, validate=True).decode() if value else value
        except ValueError:
            pass
        self.rows("cookie", value)

    def ask(self, context, value):
        pasted, bound = STATEMENTS[context]
        try:
            if self.server.is_careful:
                return self.server.database.ask(bound, value.replace("\0", ""))
            return self.server.database.ask(pasted.replace("{}", value))
        except Fault as fault:
            careless = context in TELLS_ERRORS and not self.server.is_careful
            self.say(500, {"error": str(fault) if careless else "that did not work"})
            return None

    def lookup(self, host):
        if self.server.is_careful:
            return self.say(200, {"found": host})
        command = subprocess.Popen(["sh", "-c", f"echo looking up {host}".replace("\0", "")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, cwd=self.server.folder / "documents", env=self.server.environment, start_new_session=True)
        try:
            said = command.communicate(timeout=COMMAND_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(command.pid, signal.SIGKILL)
            said = command.communicate()[0]
        self.text(200, said[:OUTPUT_BYTES_MAX])

    def document(self, name):
        if self.server.is_careful:
            return self.say(404, {"error": "no such document"})
        name = unquote(name).split("\0")[0].replace("\\", "/")
        try:
            with open(os.path.join(self.server.folder, "documents", name), "rb") as file:
                self.text(200, file.read(OUTPUT_BYTES_MAX))
        except OSError:
            self.say(404, {"error": "no such document"})

    def greeting(self, words):
        if self.server.is_careful:
            return self.text(200, words.encode())
        try:
            self.text(200, render(words).encode())
        except Exception:  # noqa: BLE001 what a template does is anybody's guess
            self.say(500, {"error": "that did not work"})

    def hello(self, name):
        # What is reflected stands between two comments, for whoever counts.
        self.page(200, f"<!doctype html><title>Hello</title><!--in-->{html.escape(name) if self.server.is_careful else name}<!--out-->")

    def fetch(self, url):
        if self.server.is_careful or not is_loopback(url):
            return self.say(400, {"error": "not from there"})
        try:
            with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310
                return self.text(200, answer.read(OUTPUT_BYTES_MAX))
        except (OSError, ValueError):
            return self.say(502, {"error": "no answer"})

    def say(self, status, value):
        self.answer(status, json.dumps(value).encode(), "application/json")

    def text(self, status, body):
        self.answer(status, body, "text/plain; charset=utf-8")

    def page(self, status, body):
        self.answer(status, body.encode(), "text/html; charset=utf-8")

    def answer(self, status, body, kind):
        self.send_response_only(status)
        self.send_header("X-Victim", "1")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


PAGES = {
    "/": ("", Handler.index),
    "/products": ("name", lambda it, value: it.rows("string", value)),
    "/products/of": ("category", lambda it, value: it.rows("number", value)),
    "/products/sorted": ("by", lambda it, value: it.rows("order", value)),
    "/search": ("q", Handler.search),
    "/welcome": ("", Handler.welcome),
    "/account": ("", Handler.account),
    "/lookup": ("host", Handler.lookup),
    "/documents": ("file", Handler.document),
    "/greeting": ("words", Handler.greeting),
    "/page": ("name", Handler.hello),
    "/fetch": ("url", Handler.fetch),
}
LINKS = ("/products?name=Lamp", "/products/of?category=1", "/search?q=lamp", "/lookup?host=shop", "/documents?file=guide.txt",
         "/greeting?words=hello", "/page?name=anna")


def again(text):
    """Decodes what was decoded, as happens where two layers both think that they must."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda it: chr(int(it[1], 16)), unquote(text))


def render(words):
    """A template of Jinja, or without it one that evaluates what stands in double braces."""
    if jinja2:
        return jinja2.Template(words).render()
    head, *rest = words.split("{{")
    return head + "".join(str(eval(inner)) + tail for inner, _, tail in (it.partition("}}") for it in rest))  # noqa: S307


def is_loopback(url):
    """Whether a URL leads to this machine, in any notation that the resolver takes, without asking a name server."""
    try:
        host = urlsplit(url).hostname or ""
        if not url.lower().startswith(("http://", "https://")):
            return False
        if host == "localhost":
            return True
        if ":" in host:
            return ipaddress.ip_address(host).is_loopback
        return ipaddress.ip_address(socket.inet_aton(host)).is_loopback
    except (ValueError, OSError):
        return False


def become_nobody(folder):
    """Gives up everything that a tool should not get hold of."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    if os.geteuid() != 0:
        return
    nobody = pwd.getpwnam("nobody")
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def furnish(folder, word):
    """A folder to read documents of, and one beside it that is nobody's business."""
    (folder / "documents").mkdir(parents=True)
    (folder / "documents/guide.txt").write_text("Keep dry.\n")
    (folder / "secrets").mkdir()
    (folder / "secrets/keys.txt").write_text("\n".join(marks(word)) + "\n")


def serve(database, word, folder):
    """The application, and the service behind it, each on a port of its own; not yet serving."""
    furnish(folder, word)
    # Who is nobody may not be able to read the library of Python: what it loads late is loaded now.
    render("{{ 'a' }}")
    for name in ("idna", "unicode-escape", "latin-1", "ascii", "hex", "base64"):
        codecs.lookup(name)
    become_nobody(folder)
    server = Server(("127.0.0.1", 0), Handler)
    server.folder, server.database = folder, Database(database, word)
    server.environment = {"PATH": "/usr/bin:/bin", "SHOP_KEY": marks(word)[0]}
    inside = ThreadingHTTPServer(("127.0.0.1", 0), Inside)
    inside.daemon_threads, inside.marks = True, marks(word)
    for it in (inside, server):
        threading.Thread(target=it.serve_forever, daemon=True).start()
    return server, inside


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--database", required=True)
    asked.add_argument("--marks", required=True)
    asked.add_argument("--folder", type=Path, required=True)
    asked = asked.parse_args()
    server, inside = serve(asked.database, asked.marks, asked.folder)
    print("ready", server.server_port, inside.server_port, flush=True)
    for line in sys.stdin:
        server.is_careful = line.strip() == "careful"
        print("careful" if server.is_careful else "careless", flush=True)


if __name__ == "__main__":
    main()
