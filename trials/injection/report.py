"""What happened, as tables, and which goals were missed."""

from app import MARKS
from contexts import CONTEXTS, DIALECTS

VALUE_MAX = 160
REFUSED_MAX = 200


def markdown(told, about):
    """The whole report, and the goals that were missed."""
    missed = [*goals(told)]
    lines = ["# Injection, by tools", "", f"{about['version']}, content {about['content']}, seed {about['seed']}{', quick' if about['quick'] else ''}, {about['seconds']} s.", ""]
    lines += [f"**Skipped**: {it}." for it in about["skipped"]]
    lines += [f"**{DIALECTS[name]} did not end**: {it['fault']}" for name, it in told.items() if it["fault"]]
    lines += ["Missed: " + "; ".join(missed) + "." if missed else "Every goal is met.", "", *sql(told), "", *others(told), "", *harmless(told), ""]
    return "\n".join(lines), missed


def goals(told):
    for database, it in told.items():
        for name, halves in it["contexts"].items():
            without, through = total(halves["without"][:1]), total(halves["with"])
            if without["rows"] < MARKS:
                yield f"{name} on {DIALECTS[database]} was not dumped without bartizan, which shows nothing"
            if through["rows"]:
                yield f"{through['rows']} rows of {name} on {DIALECTS[database]} through bartizan"
            if not through["runs"]:
                yield f"{name} on {DIALECTS[database]} was not tried through bartizan"
        for kept in it["tools"]:
            where = f"{kept['tool']} at {kept['weakness']}"
            if not kept["without"].get(kept["by"]):
                yield f"{where} got nothing without bartizan, which shows nothing"
            if not kept.get("with", {}).get("is_run"):
                yield f"{where} was not tried through bartizan"
            if any(kept.get("with", {}).get(by) for by in ("marks", "files", "tags")):
                yield f"{where} got something through bartizan"
    parts = [part for it in told.values() for part in it["harmless"]]
    sent, planned = sum(it["sent"] for it in parts), sum(it["planned"] for it in told.values())
    if sent < planned:
        yield f"{planned - sent} harmless calls were not sent"
    refused = [it for part in parts for it in part["refused"]]
    if refused:
        yield f"{len(refused)} harmless calls refused"


def total(runs):
    """Several runs as one. Rows are those of the run that got most."""
    ran = [it for it in runs if it["is_run"]]
    return {"runs": len(ran), "rows": max((it["rows"] for it in ran), default=0), "found": sum(it["found"] for it in ran), "cut": sum(not it["in_time"] for it in ran),
            "calls": sum(it["calls"] for it in ran), "refused": sum(it["refused"] for it in ran), "seconds": round(sum(it["seconds"] for it in ran))}


def sql(told):
    lines = ["## sqlmap", "", f"Of {MARKS} rows; *found* says in how many runs sqlmap saw a way in, *cut* how many ended for lack of time.", "",
             "| context | database | rows without | calls | rows through | runs | found | cut | calls | refused |", "|---|---|---|---|---|---|---|---|---|---|"]
    for context in CONTEXTS:
        for database, it in told.items():
            halves = it["contexts"].get(context.name)
            if halves:
                one, two = total(halves["without"][:1]), total(halves["with"])
                lines.append(f"| {context.told} | {DIALECTS[database]} | {one['rows']} | {one['calls']} | {two['rows']} | {two['runs']} | {two['found']} | {two['cut']} | {two['calls']} | {two['refused']} ({share(two)}) |")
    through = [run | {"context": context} for it in told.values() for context, halves in it["contexts"].items() for run in halves["with"] if run["is_run"]]
    lines += ["", "| scripts | runs that dump without | runs through | found | most rows | calls | refused |", "|---|---|---|---|---|---|---|"]
    without = [run for it in told.values() for halves in it["contexts"].values() for run in halves["without"] if run["is_run"]]
    for tamper in sorted({it["tamper"] for it in through}):
        works = [it["rows"] >= MARKS for it in without if it["tamper"] == tamper]
        part = total([it for it in through if it["tamper"] == tamper])
        lines.append(f"| {tamper.replace(',', ', ') or 'none'} | {sum(works)} of {len(works)} | {part['runs']} | {part['found']} | {part['rows']} | {part['calls']} | {part['refused']} ({share(part)}) |")
    return lines


def share(it):
    return f"{100 * it['refused'] / it['calls']:.2f} %" if it["calls"] else "–"


def others(told):
    lines = ["## Other tools", "", "*Marks* are rows of the same secret, *files* connections on which `/etc/passwd` came back, *tags* pages that reflected one.", "",
             "| tool | weakness | without: marks, files, tags | calls | through: marks, files, tags | calls | refused |", "|---|---|---|---|---|---|---|"]
    for it in told.values():
        for kept in it["tools"]:
            lines.append(f"| {kept['tool']} | {kept['weakness']} | {obtained(kept['without'])} | {obtained(kept.get('with', {}), True)} |")
    return lines


def obtained(it, is_through=False):
    if not it.get("is_run"):
        return "not run | –" + (" | –" if is_through else "")
    refused = f" | {it['refused']} ({share(it)})" if is_through else ""
    return f"{it['marks']}, {it['files']}, {it['tags']} | {it['calls']}{refused}"


def harmless(told):
    parts = [part for it in told.values() for part in it["harmless"]]
    refused = [it for part in parts for it in part["refused"]]
    lines = ["## Harmless calls", "", f"{sum(it['sent'] for it in parts)} of {sum(it['planned'] for it in told.values())} sent, half of them before the attacks and half after; {len(refused)} refused."]
    if refused:
        lines += ["", "| field | code | value |", "|---|---|---|", *(f"| {it['field']} | {it['code']} | {shown(it['value'])} |" for it in refused[:REFUSED_MAX])]
    if len(refused) > REFUSED_MAX:
        lines += ["", f"And {len(refused) - REFUSED_MAX} more, in `results.json`."]
    return lines


def shown(value):
    """A value in a cell of a table."""
    text = value if len(value) <= VALUE_MAX else value[:VALUE_MAX] + "…"
    return "`` " + text.replace("\n", "⏎").replace("|", "\\|").replace("``", "` `") + " ``"
