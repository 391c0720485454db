"""Plays the commands of the quick start, as they stand there."""

import re
import subprocess

from stage import BARTIZAN, Failed, listens


def play(stage):
    stage.needs("curl")
    page = (stage.folder / "../../src/quick-start.md").read_text()
    blocks = re.findall(r"```console\n(.*?)```", page, flags=re.S)
    commands = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    api, ours, admin = (stage.port() for _ in range(3))
    bin_ = stage.dir / "bin"
    bin_.mkdir()
    (bin_ / "bartizan").symlink_to(BARTIZAN)
    path = {"PATH": f"{bin_}:/usr/local/bin:/usr/bin:/bin:/usr/sbin"}

    decision = None
    for command in commands:
        command = command.replace("3000", str(api)).replace("8080", str(ours))
        if "guard" in command:
            command += f" --listen 127.0.0.1:{ours} --admin 127.0.0.1:{admin}"
        if decision is not None:
            command = command.replace("DECISION_ID", decision)
        if command.endswith(" &"):
            raise Failed("the page starts nothing in the background")
        if "http.server" in command or "guard" in command:
            stage.start(command.split()[0], ["sh", "-c", f"exec {command}"], [api if "http.server" in command else ours], path)
            continue
        said = ""

        def works():
            nonlocal said
            done = subprocess.run(["sh", "-c", command], cwd=stage.dir, env=path, text=True,
                                  capture_output=True, timeout=20)
            said = done.stdout + done.stderr
            return done.returncode == 0 and (said.strip() or "curl" in command)

        stage.until(command, works)
        stage.holds(command, True)
        if "--would-refuse" in command:
            stage.holds(f"{command}: {said}", "content.sql_injection" in said)
            decision = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", said)[-1]
        if "why" in command:
            stage.holds(f"{command}: {said}", "content.sqli" in said and "query name" in said)
    stage.holds("a decision was explained", decision is not None and any("why" in it for it in commands))
    stage.holds("everything is still running", listens(api) and listens(ours))
