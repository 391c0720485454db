#!/usr/bin/env python3
"""Do learnt contracts stop breaches at the first harmful exchange, and hurt nobody? Applications, people and attackers of our own.

    python3 trials/contracts/run.py --bartizan PATH --folder OUT [--app NAME] [--seed N] [--users N] [--quick]

Exit codes: 0 the goals are met, 1 one is missed, 2 wrong use, 3 a trial did not end.
"""

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

import report  # noqa: E402
from trial import APPLICATIONS  # noqa: E402

HERE = Path(__file__).resolve().parent
POISONED = "bank"
POISON_CALLS = 10_000
TRIAL_S_MAX = 700
# Each has an application, people and a bartizan, which mostly wait for the time of a laboratory to pass.
AT_ONCE = 5


def one(job, asked):
    """One trial in a process of its own."""
    name, poison = job
    folder = asked.folder / (f"{name}-poisoned" if poison else name)
    command = [sys.executable, "-B", str(HERE / "trial.py"), name, "--seed", str(asked.seed), "--users", str(asked.users),
               "--poison", str(poison), "--bartizan", str(asked.bartizan), "--folder", str(folder)]
    with open(asked.folder / f"{folder.name}.log", "wb") as log:
        try:
            subprocess.run(command, stdout=log, stderr=log, timeout=TRIAL_S_MAX, check=False)
        except subprocess.TimeoutExpired:
            pass
    try:
        out = json.loads((folder / "trial.json").read_text())
    except (OSError, ValueError):
        print(f"{folder.name}: did not end, see {asked.folder / folder.name}.log", file=sys.stderr, flush=True)
        return None
    print(f"{folder.name}: {out['seconds']} s", flush=True)
    return out


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--app", choices=APPLICATIONS, action="append", help="only this application; repeatable")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--users", type=int, default=80, help="people of each application who teach; a third as many come later")
    asked.add_argument("--no-poison", action="store_true", help="leave out the trial with an attacker who teaches")
    asked.add_argument("--bartizan", type=Path, required=True)
    asked.add_argument("--folder", type=Path, required=True, help="a new one, for everything that is kept")
    asked = asked.parse_args()
    if not asked.bartizan.exists() or asked.folder.exists():
        print("--bartizan names a file that exists, --folder one that does not", file=sys.stderr)
        return 2
    asked.folder.mkdir(parents=True)
    names = asked.app or APPLICATIONS
    jobs = [(name, 0) for name in names] + ([(POISONED, POISON_CALLS)] if POISONED in names and not asked.no_poison else [])
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        trials = [it for it in pool.map(lambda job: one(job, asked), jobs) if it]
    version = subprocess.run([asked.bartizan, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout.strip()
    about = f"{version}, seed {asked.seed}, {asked.users} people for each of {len(names)} applications, {round(time.monotonic() - began)} s"
    found = report.summary(trials)
    (asked.folder / "results.json").write_text(json.dumps({"about": about, "summary": found, "trials": trials}, indent=1, ensure_ascii=False))
    (asked.folder / "RESULTS.md").write_text(report.markdown(trials, about))
    print(json.dumps(found, indent=1))
    if len(trials) < len(jobs):
        return 3
    is_kept = found["stopped"] == found["scenarios"] and not found["hurt_by_harm_clauses"] and not found["saw_masked"] and not found["owners_disturbed"] \
        and found["refused_by_habit_calls"] * 1000 <= report.HABIT_THOUSANDTHS_MAX * found["judged_calls"]
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
