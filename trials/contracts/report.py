"""What came of all trials, as one JSON document and as tables."""

from collections import defaultdict

from stage import MASKED

# Wrong whoever calls; everything else that refuses describes habit, or is a baseline of bartizan.
HARM_PREFIXES = ("provenance.", "ownership.", "disclosure.secret", "identity.", "shape.read_only")
HABIT_PREFIXES = ("shape.", "disclosure.data")
# Phases in which clauses are judged on people whom they did not see.
JUDGED = ("new version", "reviewed", "peak")
HABIT_THOUSANDTHS_MAX = 1
# Nothing but these parts has a wrong refusal as its only question.
UNKNOWN = ("recycling", "sharing", "flood", "after the flood", "kill", "after the kill")


def kind_of(code):
    if code.startswith(HARM_PREFIXES):
        return "harm"
    return "habit" if code.startswith(HABIT_PREFIXES) else "other"


def outcome(it):
    """How an attack ended, from outside."""
    if it["fault"] or it["harm_done"] is None:
        return "not tried"
    if it["harm_done"]:
        return "not stopped"
    return "stopped" if it["refused_by"] or it["harms_when_bare"] else "harmless"


def how(it):
    if it["fault"]:
        return it["fault"]
    if it["refused_by"]:
        return f"{it['status']} {it['refused_by']}"
    if it["method"] == "HEAD" and not it["harm_done"]:
        return f"{it['status']} to HEAD, without a body that says why"
    return f"{it['status']}, the harm was done" if it["harm_done"] else f"{it['status']}, without the harm"


def reason(it):
    """Why an attack was not stopped, as far as its answer and the clauses of its endpoint tell."""
    if it["fault"]:
        return "it came to nothing before its harmful exchange"
    if it["refused_by"]:
        return "the answer was held back, and the application had done it by then"
    about = [name for name in it["in_force"] if kind_of(name) == "harm" and not name.startswith(("shape.", "identity."))]
    if not it["in_force"]:
        return "nothing is in force at this endpoint"
    if about:
        return f"in force, and it saw nothing wrong: {', '.join(about)}"
    return f"nothing about owners is in force, but {', '.join(it['in_force'])}"


def judged(trials):
    """Calls, people, and refusals of people who did nothing wrong by clause, over those phases that ask for it."""
    calls, subjects, hurt, codes = 0, 0, 0, defaultdict(lambda: {"calls": 0, "subjects": 0})
    for it in trials:
        phases, people = it["people"]["phases"], defaultdict(set)
        for name in JUDGED:
            phase = phases.get(name, {"calls": 0, "refused": {}})
            calls += phase["calls"]
            for code, count in phase["refused"].items():
                codes[code]["calls"] += count["calls"]
                people[code].update(it["people"]["hurt"][name][code])
        subjects += max((phases[name]["subjects"] for name in JUDGED if name in phases), default=0)
        hurt += len(set().union(*(of for code, of in people.items() if kind_of(code) == "harm")))
        for code, of in people.items():
            codes[code]["subjects"] += len(of)
    return calls, subjects, hurt, dict(codes)


def summary(trials):
    plain = [it for it in trials if not it["poisoned"]]
    calls, subjects, hurt, codes = judged(plain)
    scenarios = [it for trial in plain for it in trial["scenarios"]]
    by = lambda kind: sum(outcome(it) == "stopped" and bool(it["refused_by"]) and kind_of(it["refused_by"]) == kind for it in scenarios)  # noqa: E731
    count = lambda what: sum(outcome(it) == what for it in scenarios)  # noqa: E731
    habit = sum(it["calls"] for code, it in codes.items() if kind_of(code) == "habit")
    return {
        "scenarios": len(scenarios), "stopped": count("stopped"), "not_stopped": count("not stopped"), "not_tried": count("not tried"),
        "harmless": count("harmless"),
        "stopped_by_harm": by("harm"), "stopped_by_habit": by("habit"), "owners_disturbed": sum(not it["undisturbed"] for it in scenarios),
        "judged_calls": calls, "judged_subjects": subjects, "hurt_by_harm_clauses": hurt, "refused_by_habit_calls": habit,
        "saw_masked": codes.get(MASKED, {}).get("subjects", 0), "refused_by_habit_percent": round(100 * habit / max(1, calls), 3), "codes": codes}


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(str(it).replace("|", "\\|") for it in row) + " |" for row in rows), ""]


def markdown(trials, about):
    it = summary(trials)
    plain = [trial for trial in trials if not trial["poisoned"]]
    is_kept = it["hurt_by_harm_clauses"] == 0 and it["saw_masked"] == 0 and it["refused_by_habit_calls"] * 1000 <= HABIT_THOUSANDTHS_MAX * it["judged_calls"]
    lines = [
        "# What the trials of contracts showed", "",
        f"Made by `run.py`, not by hand: {about}.", "",
        *table(("question", "goal", "seen"), [
            ("attacks stopped at the first harmful exchange", "all", f"{it['stopped']} of {it['scenarios']}"),
            ("of them by clauses against harm, which need no review", "", it["stopped_by_harm"]),
            ("of them by clauses of habit alone, put in force by hand", "", it["stopped_by_habit"]),
            ("attacks that could not be tried", 0, it["not_tried"]),
            ("owners disturbed right after an attack", 0, it["owners_disturbed"]),
            ("people hurt by clauses against harm", f"0 of {it['judged_subjects']}", it["hurt_by_harm_clauses"]),
            ("people who saw what they may see masked", 0, it["saw_masked"]),
            ("calls refused by clauses of habit", f"at most {HABIT_THOUSANDTHS_MAX / 10} %",
             f"{it['refused_by_habit_calls']} of {it['judged_calls']} ({it['refused_by_habit_percent']} %)")]),
        f"Nobody was hurt beyond the goals: {'yes' if is_kept else 'no'}.", "",
        "## Not stopped", ""]
    scenarios = [one for trial in plain for one in trial["scenarios"]]
    lines += table(("application", "attack", "kind", "what happened", "why"),
                   [(one["application"], f"`{one['name']}`: {one['harm']}", one["kind"], how(one), reason(one))
                    for one in scenarios if outcome(one) != "stopped"])
    lines += ["## By kind", ""]
    kinds = sorted({one["kind"] for one in scenarios})
    rows = [(kind, sum(outcome(one) == "stopped" for one in scenarios if one["kind"] == kind), sum(one["kind"] == kind for one in scenarios)) for kind in kinds]
    lines += table(("kind", "stopped", "of"), rows)
    lines += ["## People who did nothing wrong", "", "Each line is a part of a trial. A part without refusals names none.", ""]
    rows = []
    for trial in trials:
        for phase, seen in trial["people"]["phases"].items():
            refused = ", ".join(f"{code}: {count['calls']} of {count['subjects']} people" for code, count in seen["refused"].items())
            rows.append((trial["application"] + (", poisoned" if trial["poisoned"] else ""), phase, seen["subjects"], seen["calls"], seen["unanswered"], refused or "none"))
    lines += table(("application", "part", "people", "calls", "unanswered", "refused"), rows)
    lines += examples(trials) + learnt(trials) + unknown(trials)
    lines += ["## Every attack", ""]
    lines += table(("application", "attack", "kind", "outcome", "how", "owner"),
                   [(one["application"], one["name"], one["kind"], outcome(one), how(one), "undisturbed" if one["undisturbed"] else "**disturbed**")
                    for one in scenarios])
    poisoned = [trial for trial in trials if trial["poisoned"]]
    if poisoned:
        lines += ["## After poisoning", ""]
        rows = []
        for trial in poisoned:
            clean = {one["name"]: outcome(one) for twin in plain if twin["application"] == trial["application"] for one in twin["scenarios"]}
            lost = [one["name"] for one in trial["scenarios"] if clean.get(one["name"]) == "stopped" != outcome(one)]
            rows.append((trial["application"], trial["learning"]["poison_calls"], sum(outcome(one) == "stopped" for one in trial["scenarios"]),
                         sum(one == "stopped" for one in clean.values()), ", ".join(lost) or "none"))
        lines += table(("application", "calls of the attacker", "stopped", "without poison", "no longer stopped"), rows)
    return "\n".join(lines).rstrip() + "\n"


def examples(trials):
    found = [(trial["application"], part, one) for trial in trials for part, all_ in trial["people"]["examples"].items() for one in all_[:2]]
    odd = [(trial["application"], one) for trial in trials for one in trial["people"]["unexpected"][:5]]
    lines = []
    if found:
        lines += ["Examples:", "", *table(("application", "part: code", "call"), found)]
    if odd:
        lines += ["Answers that neither bartizan nor the application is meant to give:", "", *table(("application", "call"), odd)]
    return lines


def learnt(trials):
    rows = []
    for trial in trials:
        it = trial["learning"]
        rows.append((trial["application"] + (", poisoned" if trial["poisoned"] else ""), it["harm_clauses"], it["enforced"], trial["habits_applied"], len(trial["release"]["withdrawn"]), it["settled_s"], trial["seconds"]))
    return ["## Learning", "", *table(("application", "harm proposed", "in force", "habit applied by hand", "taken back by hand after the release", "seconds until all were in force", "seconds in all"), rows)]


def unknown(trials):
    rows = []
    for trial in trials:
        if "restart" in trial:
            it = trial["restart"]
            rows.append((trial["application"], "`kill -9` and start", f"{it['clauses_before']} clauses before, {it['clauses_after']} after"))
        if "flood" in trial:
            it = trial["flood"]
            rows.append((trial["application"], "tables that forget", f"{it['references']} references handed to {it['subjects']} invented subjects"))
        if "recycled" in trial:
            rows.append((trial["application"], "numbers given again", f"{trial['recycled']} times"))
    return ["## Unknown, not wrong", "", *table(("application", "what", "figures"), rows)] if rows else []
