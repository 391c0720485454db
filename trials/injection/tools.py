"""Other tools, and what of the application each is sent to."""

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from typing import Callable

import contexts
import process
import words

# What is installed into an environment of its own each, for what they need does not fit together.
PACKAGES = {
    "sqlmap": ("sqlmap", "psycopg2-binary", "jinja2"),
    "small": ("dotdotfarm", "lfimap", "fenjing", "xsstrike"),
    "wapiti": ("wapiti3",),
}
INSTALL_S = 240


def installed(cache, name, is_asked=True):
    """The folder of programs of an environment, or nothing if it cannot be had."""
    folder = cache / name
    if not (folder / "whole").exists():
        if not is_asked:
            return None
        print("preparing", ", ".join(PACKAGES[name]), flush=True)
        try:
            venv.create(folder, with_pip=True, clear=True)
            subprocess.run([folder / "bin/python", "-m", "pip", "-q", "--disable-pip-version-check", "install", *PACKAGES[name]], check=True, timeout=INSTALL_S)
            (folder / "whole").touch()
        except (OSError, subprocess.SubprocessError) as fault:
            print(f"without them: {fault}", file=sys.stderr)
            return None
    return folder / "bin"


@dataclass(frozen=True)
class Tool:
    name: str
    # The environment that it comes from; none for what Debian has.
    of: str
    # What is attacked.
    weakness: str
    # Program and arguments, from the folder of programs, the address of what it attacks, and the application.
    command: Callable
    # What a person sees that it did: `marks`, `files`, `tags`.
    by: str = "marks"
    words: Callable | None = None


def ffuf(path):
    return lambda programs, base, stage: [process.program("ffuf"), "-s", "-t", "8", "-timeout", "10", "-mc", "all", "-H", f"User-Agent: {contexts.BROWSER}", "-w", "WORDS", "-u", f"{base}{path}=FUZZ"]


def wapiti(path, modules):
    return lambda programs, base, stage: [programs / "wapiti", "--flush-session", "--scope", "url", "-m", modules, "-u", f"{base}{path}", "--color", "--no-bugreport", "-f", "json", "-o", "wapiti.json",
                                          "--store-session", "session", "--store-config", "config", "--tasks", "4", "-t", "10"]


TOOLS = (
    Tool("ffuf", "", "path traversal", ffuf("/documents?file"), "marks", lambda stage: words.traversal(stage.folder)),
    Tool("ffuf", "", "shell command", ffuf("/lookup?host"), "marks", lambda stage: words.shell(stage.folder)),
    Tool("ffuf", "", "template", ffuf("/greeting?words"), "marks", lambda stage: words.template(stage.folder)),
    Tool("ffuf", "", "script", ffuf("/page?name"), "tags", lambda stage: words.page(stage.folder)),
    Tool("ffuf", "", "request of the server", ffuf("/fetch?url"), "marks", lambda stage: words.inside(stage.inside)),
    Tool("dotdotweb", "small", "path traversal", lambda programs, base, stage: [programs / "dotdotweb", "-o", "linux", "-d", "8", "-A", f"{base}/documents?file=FUZZ"], "files"),
    Tool("LFImap", "small", "path traversal", lambda programs, base, stage: [programs / "lfimap", "-nc", "-t", "-f", "-d", "-file", "--no-stop", "-U", f"{base}/documents?file=PWN"], "files"),
    Tool("LFImap", "small", "shell command", lambda programs, base, stage: [programs / "lfimap", "-nc", "-c", "--no-stop", "-U", f"{base}/lookup?host=PWN"], "files"),
    Tool("fenjing", "small", "template", lambda programs, base, stage: [programs / "fenjing", "crack", "-u", f"{base}/greeting", "-m", "GET", "-i", "words", "-e", f"cat {stage.folder}/secrets/keys.txt"]),
    Tool("XSStrike", "small", "script", lambda programs, base, stage: [programs / "xsstrike", "-u", f"{base}/page?name=anna", "--skip", "--skip-dom"], "tags"),
    Tool("wapiti", "wapiti", "shell command", wapiti("/lookup?host=shop", "exec"), "marks"),
    Tool("wapiti", "wapiti", "path traversal", wapiti("/documents?file=guide.txt", "file"), "files"),
    Tool("wapiti", "wapiti", "script", wapiti("/page?name=anna", "xss"), "tags"),
)
QUICK = ("ffuf",)


def run(tool, programs, tap, stage, folder, seconds):
    """Lets a tool loose; the tap sees what it gets."""
    folder.mkdir()
    command = tool.command(programs, f"http://127.0.0.1:{tap.port}", stage)
    if tool.words:
        (folder / "words").write_text("\n".join(tool.words(stage)) + "\n")
        command = [str(folder / "words") if it == "WORDS" else it for it in command]
    home = {"HOME": str(folder), "PATH": f"{programs or ''}{os.pathsep}/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}
    return process.run(command, seconds, folder / "tool.log", folder=folder, environment=home)
