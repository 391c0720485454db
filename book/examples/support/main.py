"""Plays the examples: each folder with a play.py, in order of name."""

import importlib.util
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from stage import Failed, Missing, Stage  # noqa: E402


def main(wanted):
    examples = sorted(it.parent for it in HERE.parent.glob("*/play.py"))
    unknown = set(wanted) - {it.name for it in examples}
    if unknown:
        sys.exit(f"no such example: {', '.join(sorted(unknown))}")
    passed = failed = skipped = assertions = 0
    for folder in examples:
        if wanted and folder.name not in wanted:
            continue
        since = time.monotonic()
        print(f"{folder.name:28}", end="", flush=True)
        with Stage(folder) as stage:
            try:
                spec = importlib.util.spec_from_file_location(folder.name.replace("-", "_"), folder / "play.py")
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                module.play(stage)
                passed += 1
                verdict = "ok"
            except Missing as what:
                skipped += 1
                verdict = f"skipped: {what}"
            except Failed as what:
                failed += 1
                verdict = f"FAILED: {what}\n{stage.logs()}"
            except Exception:
                failed += 1
                verdict = f"FAILED:\n{traceback.format_exc()}{stage.logs()}"
            skipped += len(stage.skipped)
            assertions += stage.assertions
        print(f"{stage.assertions:4} assertions {time.monotonic() - since:5.1f} s  {verdict}", flush=True)
        for what in stage.skipped:
            print(f"    skipped: {what}")
    print(f"{assertions} assertions; {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
