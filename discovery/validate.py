#!/usr/bin/env python3
"""Holds what bartizan reads and writes of API descriptions against validators that others wrote.

    cargo build --release -p bartizan-spec --example convert
    discovery/validate.py [--openapi 3.1|3.2] [--json] [--lint] [--tools DIR] DESCRIPTION...

Each description is converted by the example `convert`. Then source and written form go through every validator that is
installed; a form that is refused where its source was not is a fault. With `--lint` the descriptions are completed first
(as learnt ones are) and must pass the rules `spectral:oas` too, where a finding that the source has as well is the source's.

Installs nothing. Uses what there is of: openapi-spec-validator and PyYAML (Python), @seriousme/openapi-schema-validator,
@readme/openapi-parser, @redocly/cli and @stoplight/spectral-cli (Node; in `--tools DIR/node_modules`). What is missing is
skipped and said. Exit code: 0 no fault, 1 a fault, 2 wrong use or no validator at all.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SECONDS_MAX = 120
NO_ANSWER = "no answer"
NODE = {
    "@seriousme/openapi-schema-validator": """
        const { Validator } = await import("@seriousme/openapi-schema-validator");
        check = async (text) => {
            const result = await new Validator().validate(JSON.parse(text));
            return result.valid ? "" : JSON.stringify(result.errors).slice(0, 300);
        };""",
    "@readme/openapi-parser": """
        const { validate } = await import("@readme/openapi-parser");
        check = async (text) => {
            const result = await validate(JSON.parse(text));
            return result.valid === false ? JSON.stringify(result.errors).slice(0, 300) : "";
        };""",
}
DRIVER = """
import fs from "node:fs";
let check;
%s
for (const file of fs.readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
    let fault;
    try { fault = await check(fs.readFileSync(file, "utf8")); } catch (error) { fault = String(error).slice(0, 300); }
    // A tool that does not know a version says nothing about a document.
    if (fault.includes("currently unsupported")) fault = "%s: " + fault;
    console.log(JSON.stringify([file, fault]));
}
"""


def python_fault(file):
    """What openapi-spec-validator says of a file in JSON; empty if it is valid."""
    from openapi_spec_validator import validate

    def late(*_):
        raise TimeoutError(f"not in {SECONDS_MAX} s")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS_MAX)
    try:
        validate(json.loads(pathlib.Path(file).read_text()))
    except TimeoutError as error:
        return file, f"{NO_ANSWER}: {error}"
    except Exception as error:  # whatever it is, the document is not valid to this tool
        return file, f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.alarm(0)
    return file, ""


def by_python(files):
    with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
        return dict(pool.map(python_fault, files))


def by_node(code, files, tools):
    run = subprocess.run(
        ["node", "--max-old-space-size=4096", "--input-type=module", "-e", DRIVER % (code, NO_ANSWER)],
        input="\n".join(files), capture_output=True, text=True, cwd=tools, check=False,
    )
    found = dict(json.loads(line) for line in run.stdout.splitlines() if line.startswith("["))
    return {file: found.get(file, f"{NO_ANSWER}: {run.stderr[-200:]}") for file in files}


def by_redocly(files, tools):
    """Only what redocly calls the structure: its other rules are taste."""
    program = tools / "node_modules/.bin/redocly"
    config = tools / "redocly-struct.yaml"
    config.write_text("rules:\n  struct: error\n")
    found, rest = {}, list(files)
    while rest:
        part = rest[:20]
        run = subprocess.run(
            [program, "lint", "--config", config, "--format", "json", "--max-problems", "100000", *part],
            capture_output=True, text=True, cwd=tools, check=False,
            env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
        )
        # One object for each file, in order; it stops at the first file that it does not know the version of.
        results, output, decoder = [], run.stdout, json.JSONDecoder()
        while "{" in output:
            result, end = decoder.raw_decode(output, output.index("{"))
            results.append(result["problems"])
            output = output[end:]
        for file, problems in zip(part, results):
            found[file] = next((it["message"][:300] for it in problems if it["severity"] == "error"), "")
        if len(results) < len(part):
            found[part[len(results)]] = f"{NO_ANSWER}: {run.stderr[-200:]}"
        rest = rest[len(results) + 1 if len(results) < len(part) else len(part) :]
    return found


def by_spectral(files, tools):
    """The rules that each file breaks."""
    ruleset = tools / "spectral-oas.json"
    ruleset.write_text(json.dumps({"extends": ["spectral:oas"]}))
    found = {file: set() for file in files}
    for at in range(0, len(files), 40):
        part = files[at : at + 40]
        run = subprocess.run(
            [tools / "node_modules/.bin/spectral", "lint", "-q", "-r", ruleset, "-f", "json", *part],
            capture_output=True, text=True, cwd=tools, check=False,
        )
        try:
            for it in json.loads(run.stdout or "[]"):
                found.setdefault(it["source"], set()).add(it["code"])
        except ValueError:
            for file in part:
                found[file].add(f"{NO_ANSWER}: {run.stderr[-100:]}")
    return found


def yaml_faults(pairs):
    """Whether PyYAML, a reader of YAML 1.1, reads the same from YAML as JSON says."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    faults = []
    for as_yaml, as_json in pairs:
        same = yaml.load(pathlib.Path(as_yaml).read_text(), loader) == json.loads(pathlib.Path(as_json).read_text())
        if not same:
            faults.append(as_yaml)
    return faults


def convert(program, wishes, files, out):
    """Written form by source; what cannot be read is said and left out."""
    written = {}
    for at in range(0, len(files), 200):
        command = [program, *wishes, "--out", out, *files[at : at + 200]]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in run.stdout.splitlines():
            it = json.loads(line)
            if "error" in it:
                print(f"  not read: {it['file']}: {it['error']}")
            else:
                written[it["file"]] = it["written"]
                if not it["again"]:
                    print(f"  reads differently when written: {it['file']}")
    return written


def as_json(files, directory):
    """Copies in JSON: validators are fed what they need not read as YAML."""
    copies = {}
    for number, file in enumerate(files):
        text = pathlib.Path(file).read_text()
        try:
            document = json.loads(text)
        except ValueError:
            import yaml

            try:
                document = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            except yaml.YAMLError as error:
                print(f"  PyYAML does not read {file}: {str(error)[:100]!r}")
                continue
        copy = pathlib.Path(directory) / f"{number}.json"
        copy.write_text(json.dumps(document, default=str))
        copies[file] = str(copy)
    return copies


def validators(tools):
    found = {}
    try:
        import openapi_spec_validator  # noqa: F401

        found["openapi-spec-validator"] = by_python
    except ImportError:
        print("skipped: openapi-spec-validator is not installed")
    for name, code in NODE.items():
        if tools and (tools / "node_modules" / name).is_dir():
            found[name] = lambda files, code=code: by_node(code, files, tools)
        else:
            print(f"skipped: {name} is not installed")
    if tools and (tools / "node_modules/.bin/redocly").exists():
        found["@redocly/cli"] = lambda files: by_redocly(files, tools)
    else:
        print("skipped: @redocly/cli is not installed")
    return found


def compare(name, check, sources, written):
    """Judges both forms of every description; `True` if no written form is worse than its source."""
    before = check(list(sources.values()))
    after = check(list(written.values()))
    silent = [it for it in written if any(x.startswith(NO_ANSWER) for x in (before[sources[it]], after[written[it]]))]
    valid = [file for file in written if not before[sources[file]]]
    worse = [file for file in valid if after[written[file]] and file not in silent]
    sound = sum(1 for it in after.values() if not it)
    counts = f"sources valid {len(valid)} of {len(written)}, written valid {sound}, worse {len(worse)}"
    print(f"{name}: {counts}, without an answer {len(silent)}")
    for file in worse[:20]:
        print(f"  worse: {file}: {after[written[file]]}")
    return not worse


def lint(sources, written, tools):
    if not tools or not (tools / "node_modules/.bin/spectral").exists():
        print("skipped: @stoplight/spectral-cli is not installed")
        return True
    before = by_spectral(list(sources.values()), tools)
    after = by_spectral(list(written.values()), tools)
    clean, rules, ours = 0, collections.Counter(), collections.Counter()
    for file, target in written.items():
        clean += not after[target]
        rules.update(after[target])
        ours.update(after[target] - before[sources[file]])
    print(f"spectral:oas: {clean} of {len(written)} completed descriptions without any finding")
    for rule, count in rules.most_common():
        print(f"  {rule}: {count} descriptions, of which {ours[rule]} did not have it before")
    return not ours


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--openapi", choices=["3.1", "3.2"], default="3.1")
    parser.add_argument("--json", action="store_true", help="write JSON, not YAML")
    parser.add_argument("--lint", action="store_true", help="complete the descriptions and lint them")
    parser.add_argument("--tools", type=pathlib.Path, help="directory with node_modules")
    parser.add_argument("--convert", default=os.environ.get("CONVERT"), help="the example `convert`, built")
    parser.add_argument("descriptions", nargs="+")
    wishes = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))
    program = wishes.convert or str(target / "release/examples/convert")
    if not os.access(program, os.X_OK):
        print("build first: cargo build --release -p bartizan-spec --example convert")
        return 2
    tools = wishes.tools.resolve() if wishes.tools else None
    checks = validators(tools)
    if not checks:
        return 2
    options = ["--openapi", wishes.openapi, *(["--complete"] if wishes.lint else [])]
    fine = True
    with tempfile.TemporaryDirectory() as directory:
        places = [pathlib.Path(directory) / it for it in ("json", "yaml", "source")]
        for place in places:
            place.mkdir()
        print("convert:")
        written = convert(program, [*options, "--json"], wishes.descriptions, places[0])
        print(f"  {len(written)} of {len(wishes.descriptions)} descriptions read and written")
        in_yaml = convert(program, options, list(written), places[1])
        try:
            faults = yaml_faults([(in_yaml[it], written[it]) for it in written])
            print(f"PyYAML: {len(written) - len(faults)} of {len(written)} read from YAML as from JSON")
            fine &= not faults
        except ImportError:
            print("skipped: PyYAML is not installed")
        sources = as_json(written, places[2])
        written = {file: it for file, it in written.items() if file in sources}
        for name, check in checks.items():
            fine &= compare(name, check, sources, written)
        if wishes.lint:
            fine &= lint(sources, written, tools)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
