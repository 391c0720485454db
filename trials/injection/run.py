#!/usr/bin/env python3
"""Do tools that attack get anything through bartizan, and does everybody else? An injectable application of our own, and what is let loose on it.

    python3 trials/injection/run.py --bartizan PATH --folder OUT [--content LEVEL] [--quick] [--seed N]

Exit codes: 0 the goals are met, 1 one is missed, 2 wrong use, 3 cannot run or did not end, 4 none missed and something was skipped.
"""

import argparse
import json
import random
import re
import shutil
import signal
import string
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.dont_write_bytecode = True

import contexts  # noqa: E402
import people  # noqa: E402
import process  # noqa: E402
import prose  # noqa: E402
import report  # noqa: E402
import stage  # noqa: E402
import tools  # noqa: E402
from tap import Tap  # noqa: E402

HERE = Path(__file__).resolve().parent
HARMLESS = 5_000


@dataclass(frozen=True)
class Pace:
    """How long everything may take, in seconds."""

    whole: int
    plain: int
    hard: int
    tool: int


FULL = Pace(whole=1740, plain=30, hard=45, tool=60)
QUICK = Pace(whole=225, plain=30, hard=12, tool=15)


@dataclass
class Lane:
    """What happens with one database, one thing after the other."""

    database: str
    asked: argparse.Namespace
    programs: dict
    scratch: Path
    pace: Pace
    end: float
    harmless: list
    tools: list
    word: str
    told: dict = field(default_factory=lambda: {"contexts": {}, "tools": [], "harmless": [], "planned": 0, "fault": None})

    def run(self):
        """Everything; what was found is kept even if it ends early."""
        try:
            with ExitStack() as stack:
                self.play(stack)
        except process.Interrupted:
            self.told["fault"] = "interrupted"
        except Exception as fault:  # noqa: BLE001 told, and the other lane goes on
            self.told["fault"] = f"{type(fault).__name__}: {fault}"
        return self.told

    def play(self, stack):
        lasts = int(self.left()) + 60
        folder = self.scratch / self.database
        folder.mkdir(mode=0o755)
        where = f"sqlite:{folder / 'app'}"
        if self.database == "postgresql":
            postgresql = stage.PostgreSQL(folder / "pg", lasts)
            stack.callback(postgresql.stop)
            where = f"postgresql:{folder / 'pg'}"
        self.app = stage.Application(self.programs["sqlmap"] / "python", where, self.word, folder / "app", lasts)
        stack.callback(self.app.stop)
        self.mark = re.compile(self.word.encode() + rb"\d\dk")
        self.folder = folder

        self.told["planned"] = len(self.harmless)
        names = [it for it in contexts.CONTEXTS if not self.asked.quick or it.name in contexts.QUICK]
        for it in names:
            # With scripts as well: one that spoils the attack by itself shows nothing.
            runs = [self.sqlmap(it, self.app.address, self.pace.plain, it.plain, tamper) for tamper in it.tampers]
            self.told["contexts"][it.name] = {"without": runs, "with": []}
        self.told["tools"] = [{"tool": it.name, "weakness": it.weakness, "by": it.by, "without": self.tool(it, self.app.address)} for it in self.tools]

        guard = stage.Guard(self.asked.bartizan, self.app.address, folder / "guard", self.asked.content, lasts)
        stack.callback(guard.stop)
        half = len(self.harmless) // 2
        self.people(guard, self.harmless[:half], 1)
        for kept, it in zip(self.told["tools"], self.tools):
            kept["with"] = self.tool(it, guard.address)
        # One run of each context, then the second of each, so that what ends early is spread evenly.
        for turn in zip(*(it.tampers for it in names)):
            for it, tamper in zip(names, turn):
                effort = contexts.narrowed(it) if tamper else contexts.HARD
                self.told["contexts"][it.name]["with"].append(self.sqlmap(it, guard.address, self.pace.hard, effort, tamper))
        self.people(guard, self.harmless[half:], 2)

    def left(self):
        return self.end - time.monotonic()

    def people(self, guard, values, first):
        self.app.be("careful")
        self.told["harmless"].append(people.send(guard.address, values, first))
        self.app.be("careless")

    def sqlmap(self, context, address, seconds, effort, tamper=""):
        seconds = int(min(seconds, self.left() - 30))
        if seconds < 5:
            return {"tamper": tamper, "is_run": False}
        since, folder = time.monotonic(), self.folder / f"sqlmap-{time.monotonic_ns()}"
        with Tap(address, self.mark) as tap:
            command = [self.programs["sqlmap"] / "python", self.programs["sqlmap"] / "sqlmap"]
            got = contexts.run(command, context, self.database, tap, folder, seconds, effort, tamper)
        self.keep(folder / "sqlmap.log", f"sqlmap-{self.database}-{context.name}-{'with' if effort[1] == '5' else 'without'}.log", tamper)
        return {"tamper": tamper, "is_run": True, "rows": len(got["marks"] | tap.count.marks), "found": got["found"], "in_time": got["in_time"],
                **counted(tap.count), "seconds": round(time.monotonic() - since, 1)}

    def tool(self, tool, address):
        seconds = int(min(self.pace.tool, self.left() - 30))
        if seconds < 5:
            return {"is_run": False}
        since, folder = time.monotonic(), self.folder / f"tool-{time.monotonic_ns()}"
        with Tap(address, self.mark) as tap:
            code = tools.run(tool, self.programs.get(tool.of), tap, self.app, folder, seconds)
        kind = "without" if address == self.app.address else "with"
        self.keep(folder / "tool.log", f"{tool.name}-{tool.weakness.replace(' ', '-')}-{kind}.log")
        count = tap.count
        return {"is_run": True, "marks": len(count.marks), "files": count.files, "tags": count.tags, "in_time": code != 124, "code": code,
                **counted(count), "seconds": round(time.monotonic() - since, 1)}

    def keep(self, log, name, tamper=""):
        """The end of what a tool said goes where a person may look."""
        with open(self.asked.folder / name, "ab") as out:
            out.write(f"== {tamper}\n".encode() + log.read_bytes()[-20_000:] + b"\n")


def counted(count):
    return {"calls": count.calls, "refused": count.refused, "codes": dict(count.codes)}


def lanes(asked, programs, scratch, pace, end):
    """One for each database; each has a part of the tools and of the harmless calls."""
    dice = random.Random(asked.seed)
    databases = ["sqlite"] + (["postgresql"] if stage.binaries() else [])
    values = prose.values(asked.seed, asked.harmless)
    usable = [it for it in tools.TOOLS if is_here(it, programs) and (not asked.quick or it.name in tools.QUICK)]
    return [Lane(database, asked, programs, scratch, pace, end, values[number::len(databases)], usable[number::len(databases)],
                 "mq" + "".join(dice.choice(string.ascii_lowercase) for _ in range(5))) for number, database in enumerate(databases)]


def is_here(tool, programs):
    return bool(programs.get(tool.of) if tool.of else process.program(tool.name))


def arguments():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--bartizan", type=Path, required=True)
    asked.add_argument("--folder", type=Path, required=True, help="a new one, for everything that is kept")
    asked.add_argument("--content", metavar="LEVEL", help="handed to bartizan: cautious, balanced, strict or a number")
    asked.add_argument("--quick", action="store_true", help="two contexts and one tool, within four minutes")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--harmless", type=int, default=HARMLESS, help="how many harmless calls")
    asked.add_argument("--cache", type=Path, default=HERE.parent / ".cache" / "injection", help="where packages are installed")
    return asked.parse_args()


def main():
    asked = arguments()
    if not asked.bartizan.exists() or asked.folder.exists():
        print("--bartizan names a file that exists, --folder one that does not", file=sys.stderr)
        return 2
    asked.folder.mkdir(parents=True)
    asked.folder, asked.bartizan, began = asked.folder.resolve(), asked.bartizan.resolve(), time.monotonic()
    pace = QUICK if asked.quick else FULL
    programs = {name: tools.installed(asked.cache.resolve(), name, not asked.quick or name == "sqlmap") for name in tools.PACKAGES}
    if not programs["sqlmap"]:
        print("sqlmap cannot be had", file=sys.stderr)
        return 3
    scratch = Path(tempfile.mkdtemp(prefix="injection-"))
    # Those who run with fewer rights than us have to get to what is theirs.
    scratch.chmod(0o755)
    try:
        jobs = lanes(asked, programs, scratch, pace, began + pace.whole)
        with ThreadPoolExecutor(len(jobs)) as pool:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: process.OVER.set())
            told = dict(zip([it.database for it in jobs], pool.map(Lane.run, jobs)))
        for it in jobs:
            for log in (scratch / it.database).rglob("*.log"):
                shutil.copyfile(log, asked.folder / f"{it.database}-{log.name}")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    about = {"version": stage.version(asked.bartizan), "content": asked.content or "as by default", "seed": asked.seed, "quick": asked.quick,
             "seconds": round(time.monotonic() - began), "skipped": skipped(asked, programs)}
    (asked.folder / "results.json").write_text(json.dumps({"about": about, "databases": told}, indent=1, ensure_ascii=False, default=sorted))
    text, missed = report.markdown(told, about)
    (asked.folder / "RESULTS.md").write_text(text)
    print(text)
    if process.OVER.is_set() or any(it["fault"] for it in told.values()):
        return 3
    return 1 if missed else 4 if about["skipped"] else 0


def skipped(asked, programs):
    """What should have been tried and could not be, whatever the reason; `--quick` leaves tools out on purpose."""
    out = [] if stage.binaries() else ["PostgreSQL is not installed: its half of the contexts"]
    wanted = [it for it in tools.TOOLS if not asked.quick or it.name in tools.QUICK]
    return out + sorted({f"{it.name} cannot be had" for it in wanted if not is_here(it, programs)})


if __name__ == "__main__":
    sys.exit(main())
