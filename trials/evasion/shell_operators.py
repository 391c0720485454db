"""Shell commands written differently with the same effect: POSIX shells, bash, and the command interpreter of Windows.

Misses   commands inside quotes or other languages (`system('...')`, `perl -e`): left alone; PowerShell.
"""

import base64
import functools
import re

from operators import SHELL, Operators, some

operator = Operators(("cmdi",), SHELL)
ALL = operator.all

UNIX = frozenset("""cat curl cp date df dig echo env find grep head hostname id ifconfig kill ls lsof mkdir mv nc ncat netstat nslookup ping printenv
printf ps pwd rm route sh bash sleep sort stat tail tee touch tr true uname w wc wget which who whoami xargs telnet host""".split())
WINDOWS = frozenset("dir type net netsh ipconfig systeminfo tasklist powershell cmd reg ver whoami ping netstat nslookup start".split())
# What these do depends on what is piped into them.
READERS = frozenset("env cat sh bash grep head tail tee sort wc tr xargs".split())
MERGED = {name: folder for folder, names in (("/bin/", "cat ls sleep echo date cp df kill mkdir mv ps pwd rm sh touch true uname bash"),
                                             ("/usr/bin/", "id whoami head tail wc sort env printenv tr who stat which tee find")) for name in names.split()}

BEGIN = r"(?P<sign>^|\$\(|`|&&|\|\||[;|&\n])(?P<gap>[ \t]*)"
COMMAND = re.compile(BEGIN + r"(?P<folder>/(?:usr/)?s?bin/)?(?P<name>[a-z][a-z0-9]*)(?P<rest>(?:[ \t]+[\w./:@=+,%-]+)*)(?=[ \t]*(?:$|[;|&\n)`#]))")
# The victim's quotes around the whole.
LEADING, TRAILING = re.compile(r"\A[\w.:/* -]{0,40}['\"]\)?(?=[ ;|&\n$`])"), re.compile(r"[;|&# ]['\"][\w)]*\Z")
ELSEWHERE = re.compile(r"(?i)system\s*\(|exec|<\?|perl|python|php|ruby|\(\)\s*\{|passthru|%[0-9a-f]{2}|\\[nrt]|[{}<>]|eval|\$\{|win|%\w+%|#!|:~\$|\\\\|c:")


def split(text):
    """(the victim's quote, the commands, the victim's other quote), or None where that is not all there is."""
    if ELSEWHERE.search(text) or "\\" in text or not text.isascii():
        return None
    start = LEADING.match(text)
    head = start.end() if start else 0
    end = TRAILING.search(text, head)
    tail = end.start() + 1 if end else len(text)
    body = text[head:tail]
    if "'" in body or '"' in body or not re.search(r"[;|&\n`]|\$\(", body):
        return None
    return text[:head], body, text[tail:]


def commands(body):
    """Simple commands that begin behind a separator: what stands before the first one is the victim's."""
    for it in COMMAND.finditer(body):
        # A backtick behind a command ends it only where one was opened.
        opens = body[it.end():].lstrip(" \t").startswith("`") and body[:it.start() + len(it["sign"])].count("`") % 2 == 0
        if not opens and it["name"] in UNIX and (it["sign"] or it["folder"]) and body[it.end():it.end() + 1] != "(":
            yield it


def on_commands(change):
    """`change` gets a match and writes the command anew, or gives None."""
    @functools.wraps(change)
    def apply(text, random):
        parts = split(text)
        if parts is None:
            return None
        head, body, tail = parts
        found = list(commands(body))
        new, at, chosen = "", 0, some(found, random, 0.8)
        for it in found:
            written = change(it, random) if it in chosen else None
            new += body[at:it.start()] + (it[0] if written is None else it["sign"] + written)
            at = it.end()
        new += body[at:]
        return head + new + tail if new != body else None
    return apply


def on_names(change):
    """`change` writes a command's name anew."""
    @on_commands
    def apply(it, random):
        if len(it["name"]) < 2 or (it["sign"] == "`" and change.__name__ == "octal_name"):
            return None
        return it["gap"] + (it["folder"] or "") + change(it["name"], random) + it["rest"]
    return functools.wraps(change)(apply)


def cut(name, random):
    at = random.randint(1, len(name) - 1)
    return name[:at], name[at:]


@operator("shell-single-quotes")
@on_names
def single_quotes(name, random):
    one, other = cut(name, random)
    return random.choice((f"{one}''{other}", f"'{one}'{other}", f"{one}'{other}'", "".join(f"'{c}'" for c in name)))


@operator("shell-double-quotes")
@on_names
def double_quotes(name, random):
    one, other = cut(name, random)
    return random.choice((f'{one}""{other}', f'"{one}"{other}', f'{one}"{other}"', f'"{name}"'))


@operator("shell-backslash")
@on_names
def backslash(name, random):
    one, other = cut(name, random)
    return random.choice((f"{one}\\{other}", f"\\{one}{other}", "".join("\\" + c for c in name)))


@operator("shell-at-parameter")
@on_names
def at_parameter(name, random):
    one, other = cut(name, random)
    return f"{one}{random.choice(('$@', '${@}', '$*', '$1', '$9'))}{other}"


@operator("shell-empty-variable")
@on_names
def empty_variable(name, random):
    one, other = cut(name, random)
    return f"{one}${{{random.choice(('zq', 'u', 'Xy_', 'none1'))}}}{other}"


@operator("shell-empty-substitution")
@on_names
def empty_substitution(name, random):
    one, other = cut(name, random)
    return f"{one}$({random.choice(('', ':', 'true'))}){other}"


@operator("shell-line-continuation")
@on_names
def line_continuation(name, random):
    one, other = cut(name, random)
    return f"{one}\\\n{other}"


@operator("shell-octal-name")
@on_names
def octal_name(name, random):
    return "$(printf '" + "".join(f"\\{ord(c):03o}" for c in name) + "')"


@operator("shell-ansi-quotes", victims=("bash",))
@on_names
def ansi_quotes(name, random):
    make = random.choice((lambda c: f"\\x{ord(c):02x}", lambda c: f"\\{ord(c):03o}", lambda c: f"\\u{ord(c):04x}"))
    return "$'" + "".join(make(c) for c in name) + "'"


@operator("shell-absolute")
@on_commands
def absolute(it, random):
    if it["folder"] or it["name"] not in MERGED:
        return None
    return it["gap"] + MERGED[it["name"]] + it["name"] + it["rest"]


@operator("shell-wrapper")
@on_commands
def wrapper(it, random):
    return it["gap"] + random.choice(("command ", "env ", "eval ", "nice ", "env -u zq ")) + (it["folder"] or "") + it["name"] + it["rest"]


def between_words(it, random, gap):
    words = it["rest"].split()
    return it["gap"] + (it["folder"] or "") + it["name"] + "".join(gap() + word for word in words) if words else None


@operator("shell-ifs")
@on_commands
def ifs(it, random):
    return between_words(it, random, lambda: "${IFS}")


@operator("shell-ifs-9")
@on_commands
def ifs_9(it, random):
    return between_words(it, random, lambda: random.choice(("$IFS$9", "$IFS$8")))


@operator("shell-tab")
@on_commands
def tab(it, random):
    return between_words(it, random, lambda: random.choice(("\t", "\t\t", " \t")))


@operator("shell-brace-expansion", victims=("bash",))
@on_commands
def brace_expansion(it, random):
    words = it["rest"].split()
    if not words or "," in it["rest"]:
        return None
    return it["gap"] + "{" + ",".join([(it["folder"] or "") + it["name"]] + words) + "}"


@operator("shell-glob")
@on_commands
def glob(it, random):
    """One letter of a path in brackets: a pattern that only this path matches."""
    words = it["rest"].split()
    paths = [at for at, word in enumerate(words) if re.fullmatch(r"/?(?:[\w.-]+/)+[\w.-]*[a-z][\w.-]*", word) and not word.startswith("-")]
    if not paths and not it["folder"]:
        return None
    for at in paths:
        folder, _, name = words[at].rpartition("/")
        letters = [place for place, c in enumerate(name) if c.isalpha()]
        place = random.choice(letters)
        words[at] = f"{folder}/{name[:place]}[{name[place]}]{name[place + 1:]}"
        if random.random() < 0.4:
            words[at] = re.sub(r"(?<=/)e(tc/)", r"[e]\1", words[at])
    name = it["name"]
    if it["folder"]:
        place = random.randrange(len(name))
        name = f"{name[:place]}[{name[place]}]{name[place + 1:]}"
    return it["gap"] + (it["folder"] or "") + name + "".join(" " + word for word in words)


@operator("shell-variables")
@on_commands
def variables(it, random):
    """The name put together from variables: where the list goes on in the same shell."""
    if it["sign"] not in (";", "\n", "$(", "`") or len(it["name"]) < 2:
        return None
    one, other = cut(it["name"], random)
    first, second = random.sample(("a", "b", "k", "q1", "_x", "zz"), 2)
    return f"{it['gap']}{first}={(it['folder'] or '') + one};{second}={other};${first}${second}{it['rest']}"


@operator("shell-base64")
@on_commands
def through_base64(it, random):
    if (it["sign"] == "|" and it["name"] in READERS) or it["sign"] == "`":
        return None
    packed = base64.b64encode(((it["folder"] or "") + it["name"] + it["rest"]).encode()).decode()
    return f"{it['gap']}echo {packed}|base64 {random.choice(('-d', '--decode'))}|{random.choice(('sh', 'bash', '/bin/sh'))}"


@operator("shell-printf-pipe")
@on_commands
def through_printf(it, random):
    if (it["sign"] == "|" and it["name"] in READERS) or it["sign"] == "`":
        return None
    packed = "".join(f"\\{ord(c):03o}" for c in (it["folder"] or "") + it["name"] + it["rest"])
    return f"{it['gap']}printf '{packed}'|sh"


@operator("shell-reversed")
@on_commands
def reversed_text(it, random):
    if (it["sign"] == "|" and it["name"] in READERS) or it["sign"] == "`":
        return None
    return f"{it['gap']}echo '{((it['folder'] or '') + it['name'] + it['rest'])[::-1]}'|rev|sh"


@operator("shell-here-text", victims=("bash",))
@on_commands
def here_text(it, random):
    if (it["sign"] == "|" and it["name"] in READERS) or it["sign"] == "`":
        return None
    return f"{it['gap']}{random.choice(('sh', 'bash'))}<<<'{(it['folder'] or '') + it['name'] + it['rest']}'"


@operator("shell-quoted-script")
@on_commands
def quoted_script(it, random):
    if it["sign"] == "|" and it["name"] in READERS:
        return None
    return f"{it['gap']}{random.choice(('sh -c', 'bash -c', 'eval'))} '{(it['folder'] or '') + it['name'] + it['rest']}'"


@operator("shell-redirected-input")
@on_commands
def redirected_input(it, random):
    words = it["rest"].split()
    if it["name"] not in ("cat", "head", "tail", "sort") or len(words) != 1 or words[0].startswith("-"):
        return None
    return it["gap"] + (it["folder"] or "") + random.choice((f"{it['name']}<{words[0]}", f"{it['name']} <{words[0]}"))


@operator("shell-subshell")
@on_commands
def subshell(it, random):
    command = (it["folder"] or "") + it["name"] + it["rest"]
    return it["gap"] + random.choice((f"({command})", f"( {command} )")) if it["sign"] not in ("$(", "`") else f" ({command})"


@operator("shell-separator")
def separator(text, random):
    """A new line instead of `;`, and `;` with blanks."""
    parts = split(text)
    if parts is None or ";" not in parts[1] or ";;" in parts[1]:
        return None
    head, body, tail = parts
    if body.rstrip().endswith(";") and tail:
        return None
    return head + re.sub(r"[ \t]*;[ \t]*", lambda _: random.choice(("\n", "\n\n", " \n ")), body) + tail


@operator("shell-substitution-style")
def substitution_style(text, random):
    parts = split(text)
    if parts is None:
        return None
    head, body, tail = parts
    if body.count("`") == 2 and "$(" not in body:
        body = re.sub(r"`([^`]*)`", r"$(\1)", body)
    elif body.count("$(") == 1 and body.count(")") == 1 and "`" not in body and body.index(")") > body.index("$("):
        body = re.sub(r"\$\(([^()]*)\)", r"`\1`", body)
    else:
        return None
    return head + body + tail


DOS = re.compile(r"(?P<sign>[|&]|\|\||&&)(?P<gap>[ \t]*)(?P<name>[a-z]{2,12})(?=[ \t]|$)")


def on_windows(change):
    @functools.wraps(change)
    def apply(text, random):
        if not is_windows(text) or "'" in text or '"' in text or "^" in text:
            return None
        return DOS.sub(lambda it: it["sign"] + it["gap"] + change(it["name"], random) if it["name"] in WINDOWS else it[0], text)
    return apply


def is_windows(text):
    names = {it["name"] for it in DOS.finditer(text)}
    return bool(names & (WINDOWS - UNIX - {"whoami"})) or bool(re.search(r"(?i)\bc:[\\/]|%systemroot%", text))


@operator("cmd-caret", victims=("cmd",))
@on_windows
def caret(name, random):
    return "^".join(name) if random.random() < 0.5 else "^".join(cut(name, random))


@operator("cmd-quotes", victims=("cmd",))
@on_windows
def dos_quotes(name, random):
    return '""'.join(cut(name, random))


@operator("cmd-case", victims=("cmd",))
@on_windows
def dos_case(name, random):
    return "".join(random.choice((c, c.upper())) for c in name)


@operator("cmd-separators", victims=("cmd",))
def dos_separators(text, random):
    """The interpreter takes commas and equals signs between a command and its arguments for blanks."""
    if not is_windows(text) or '"' in text:
        return None
    new = re.sub(r"([|&][ \t]*(?:dir|type))[ \t]+(?=[\w%])", lambda it: it[1] + random.choice((",", ",,", "=", "\t")), text)
    return new if new != text else None


def victims(text):
    return frozenset(("cmd",)) if is_windows(text) else SHELL
