"""HTML and JavaScript written differently: browsers run the same script.

Misses   markup that is broken on purpose (mutation XSS): it is only changed where tags read cleanly.
"""

import base64
import functools
import re
from dataclasses import dataclass, field, replace

from operators import Operators, some

operator = Operators(("xss",))
ALL = operator.all

TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<rest>(?:[\s/]+(?:[^\s/>=\"'<`\\]+(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>`=\\]+))?)?)*)(?P<end>\s*/?>)")
ATTRIBUTE = re.compile(r"(?P<gap>[\s/]+)(?P<name>[^\s/>=\"'<`]+)(?P<sign>\s*=\s*)?(?(sign)(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'<>`=]+))")
RUNNING = re.compile(r"(?i)\Aon[a-z]+\Z")
ADDRESS = frozenset(("href", "src", "action", "formaction", "data", "xlink:href", "background", "from", "to", "values", "srcdoc"))
# In these texts names and separators do not mean what they mean in HTML.
FOREIGN = re.compile(r"(?i)<!\[|<\?|xmlns|<!doctype|<!entity|<%|&lt;|\\x|%[0-9a-f]{2}")
CALL = re.compile(r"(?<=[=>;:\"'{(,\s/+*&|?!~-])(?P<name>alert|prompt|confirm)\((?P<value>\d+|'[\w ]*'|\"[\w ]*\"|document\.(?:cookie|domain)|)\)|\A(?P<name2>alert|prompt|confirm)\((?P<value2>\d+|'[\w ]*'|\"[\w ]*\"|document\.(?:cookie|domain)|)\)")


@dataclass(frozen=True)
class Tag:
    start: int
    end: int
    close: str
    name: str
    attributes: tuple = field(default=())
    tail: str = ">"

    def text(self):
        return f"<{self.close}{self.name}{''.join(it.text() for it in self.attributes)}{self.tail}"


@dataclass(frozen=True)
class Attribute:
    gap: str
    name: str
    sign: str = ""
    value: str = ""

    def text(self):
        return f"{self.gap}{self.name}{self.sign}{self.value}"

    @property
    def quote(self):
        return self.value[0] if self.value[:1] in ("'", '"') else ""

    @property
    def plain(self):
        return self.value[1:-1] if self.quote else self.value

    @property
    def is_run(self):
        return bool(self.sign) and (bool(RUNNING.match(self.name)) or self.name.lower() in ADDRESS)


def tags(text):
    """Tags that read cleanly."""
    if FOREIGN.search(text) or not text.isprintable():
        return
    for it in TAG.finditer(text):
        found, at = [], 0
        for attribute in ATTRIBUTE.finditer(it["rest"]):
            if attribute.start() != at:
                break
            found.append(Attribute(attribute["gap"], attribute["name"], attribute["sign"] or "", attribute["value"] or ""))
            at = attribute.end()
        if at == len(it["rest"]):
            yield Tag(it.start(), it.end(), it["close"], it["name"], tuple(found), it["end"])


def on_tags(change):
    @functools.wraps(change)
    def apply(text, random):
        found = list(tags(text))
        if not found:
            return None
        new, at, inside = "", 0, ""
        for it in found:
            # What looks like a tag inside a script is none.
            is_text = inside and not (it.close and it.name.lower() == inside)
            inside = it.name.lower() if not it.close and it.name.lower() in ("script", "style", "textarea", "title", "xmp") else ("" if not is_text else inside)
            written = None if is_text else change(it, random)
            new += text[at:it.start] + (text[it.start:it.end] if written is None else written.text())
            at = it.end
        new += text[at:]
        return new if new != text else None
    return apply


def on_attributes(change):
    """`change` writes one attribute anew, or gives None."""
    @on_tags
    def apply(tag, random):
        if tag.close:
            return None
        return replace(tag, attributes=tuple(change(it, random) or it for it in tag.attributes))
    return functools.wraps(change)(apply)


def any_case(text, random):
    return "".join(random.choice((c.lower(), c.upper())) for c in text)


@operator("html-tag-case")
@on_tags
def tag_case(tag, random):
    return replace(tag, name=any_case(tag.name, random))


@operator("html-attribute-case")
@on_attributes
def attribute_case(it, random):
    return replace(it, name=any_case(it.name, random))


@operator("html-slash-for-blank")
@on_tags
def slash_for_blank(tag, random):
    if tag.close or not tag.attributes:
        return None
    new, quoted = [], True
    for it in tag.attributes:
        # A slash behind a value without quotes would be part of it.
        new.append(replace(it, gap="/") if quoted else it)
        quoted = bool(it.quote)
    return replace(tag, attributes=tuple(new))


@operator("html-newline-for-blank")
@on_attributes
def newline_for_blank(it, random):
    return replace(it, gap=random.choice(("\n", "\r\n", "\n\n"))) if "/" not in it.gap else None


@operator("html-tab-for-blank")
@on_attributes
def tab_for_blank(it, random):
    return replace(it, gap=random.choice(("\t", "\f", "\t \f"))) if "/" not in it.gap else None


@operator("html-blanks-around-equals")
@on_attributes
def blanks_around_equals(it, random):
    return replace(it, sign=random.choice((" = ", "\n=", "=\t", " =\n", "\f=\f"))) if it.sign else None


@operator("html-no-quotes")
@on_attributes
def no_quotes(it, random):
    return replace(it, value=it.plain) if it.quote and re.fullmatch(r"[^\s\"'=<>`/&]+", it.plain) else None


@operator("html-quotes")
@on_attributes
def quotes(it, random):
    if not it.sign:
        return None
    usable = [quote for quote in "'\"" if quote not in it.plain and quote != it.quote]
    quote = random.choice(usable) if usable else None
    return replace(it, value=quote + it.plain + quote) if quote else None


def entity(c, random):
    named = {"(": "&lpar;", ")": "&rpar;", ":": "&colon;", ".": "&period;", "'": "&apos;", ",": "&comma;", "[": "&lsqb;", "=": "&equals;"}
    return random.choice([f"&#{ord(c)};", f"&#x{ord(c):x};", f"&#X{ord(c):X};", f"&#{ord(c):07d};", f"&#x{ord(c):06x};"] + ([named[c]] * 3 if c in named else []))


@operator("html-entities")
@on_attributes
def entities(it, random):
    if not it.is_run or "&" in it.value or not it.plain:
        return None
    value = "".join(entity(c, random) if c in "():" or random.random() < 0.4 else c for c in it.plain)
    return replace(it, value=it.quote + value + it.quote)


@operator("html-further-attribute")
@on_tags
def further_attribute(tag, random):
    if tag.close or not tag.attributes:
        return None
    new = Attribute(" ", random.choice(("class=a", "id=x1", "title='a > b'", "lang=en", 'data-x="1"', "alt", "x", "width=1")))
    return replace(tag, attributes=(new, *(replace(it, gap=it.gap if it.gap.strip() == "" else " ") for it in tag.attributes)))


@operator("html-script-attributes")
@on_tags
def script_attributes(tag, random):
    if tag.name.lower() != "script" or tag.attributes:
        return None
    if tag.close:
        return replace(tag, tail=random.choice((" >", "\n>", "\t\n>")))
    return replace(tag, tail=random.choice((" >", " x>", " async>", "\n>", "/ >", " data-a=1>", "/x>")))


@operator("html-other-event")
@on_tags
def other_event(tag, random):
    """The same handler, run by another element without a click."""
    handlers = [it for it in tag.attributes if RUNNING.match(it.name) and it.sign and it.plain]
    automatic = (tag.name.lower(), handlers[0].name.lower() if handlers else "")
    if tag.close or len(handlers) != 1 or automatic not in (("img", "onerror"), ("svg", "onload"), ("body", "onload"), ("video", "onerror"), ("audio", "onerror"), ("image", "onerror"),
                                                            ("input", "onfocus"), ("details", "ontoggle"), ("iframe", "onload"), ("marquee", "onstart"), ("object", "onerror")):
        return None
    value = handlers[0].value
    blank = " "
    name, attributes = random.choice((
        ("svg", ("onload",)), ("img", ("src=x", "onerror")), ("details", ("open", "ontoggle")), ("video", ("src=x", "onerror")), ("audio", ("src=x", "onerror")),
        ("input", ("autofocus", "onfocus")), ("iframe", ("onload",)), ("select", ("autofocus", "onfocus")), ("marquee", ("onstart",)), ("style", ("onload",)),
        ("x", ("tabindex=0", "autofocus", "onfocus")), ("body", ("onpageshow",)), ("video", ("autoplay", "src=x", "onerror")), ("svg", ("x=1", "onload"))))
    return replace(tag, name=name, attributes=tuple(Attribute(blank, it) for it in attributes[:-1]) + (Attribute(blank, attributes[-1], "=", value),))


@operator("html-handler-for-script")
def handler_for_script(text, random):
    """What a script element runs, run by an event."""
    found = re.search(r"(?i)<script>\s*(?P<code>[^<>\"&\s][^<>\"&]{0,120}?)\s*;?\s*</script>", text)
    if not found or FOREIGN.search(text) or "javascript:" in found["code"].lower():
        return None
    quote = '"'
    element = random.choice((f"<svg onload={quote}", f"<img src=x onerror={quote}", f"<details open ontoggle={quote}", f"<input autofocus onfocus={quote}"))
    return text[:found.start()] + element + found["code"] + quote + ">" + text[found.end():]


SCHEME = re.compile(r"(?i)(?<![\w/:])javascript:(?!javascript:)")


def on_scheme(change):
    @functools.wraps(change)
    def apply(text, random):
        found = SCHEME.search(text)
        if not found or FOREIGN.search(text) or "<script" in text[:found.start()].lower():
            return None
        # In an event handler it is a label, not a scheme.
        if re.search(r"(?i)\bon\w+\s*=\s*[\"']?[^\"'>]*\Z", text[:found.start()]):
            return None
        new = change(found[0], text, found.start(), random)
        return text[:found.start()] + new + text[found.end():] if new else None
    return apply


def is_quoted(text, at):
    return at == 0 or text[at - 1] in "'\""


@operator("js-scheme-case")
@on_scheme
def scheme_case(scheme, text, at, random):
    return any_case(scheme, random)


@operator("js-scheme-blanks")
@on_scheme
def scheme_blanks(scheme, text, at, random):
    if not is_quoted(text, at):
        return None
    cut = random.randint(1, len(scheme) - 1)
    return scheme[:cut] + random.choice(("\t", "\n", "\r", "\r\n", "\t\n")) + scheme[cut:]


@operator("js-scheme-front")
@on_scheme
def scheme_front(scheme, text, at, random):
    return random.choice((" ", "\t", "\x01", "\x1f", "\n ", "\x0e")) + scheme if is_quoted(text, at) else None


@operator("js-scheme-comment")
@on_scheme
def scheme_comment(scheme, text, at, random):
    return scheme + random.choice(("/**/", "/*x*/", "0,", "1&&", "/*//*/", "//x%0a"))


@operator("js-scheme-entities")
@on_scheme
def scheme_entities(scheme, text, at, random):
    if at == 0 or "<" not in text[:at]:
        return None
    return "".join(entity(c, random) if c == ":" or random.random() < 0.3 else c for c in scheme)


def on_calls(change):
    """`change(name, value, quotes that are free, random)` writes a call anew."""
    @functools.wraps(change)
    def apply(text, random):
        if re.search(r"(?i)\\u|\\x|fromcharcode|&#|%[0-9a-f]{2}", text):
            return None
        free = [quote for quote in ("`", "'", '"') if quote not in text]
        if not free:
            return None
        # The last call is behind whatever introduces it.
        found = list(CALL.finditer(text))
        new, at = "", 0
        for it in found:
            written = change(it["name"] or it["name2"], (it["value"] if it["name"] else it["value2"]) or "", free, random)
            new += text[at:it.start()] + (it[0] if written is None else written)
            at = it.end()
        new += text[at:]
        return new if new != text else None
    return apply


def in_halves(name, quote, random):
    cut = random.randint(1, len(name) - 1)
    return f"{quote}{name[:cut]}{quote}+{quote}{name[cut:]}{quote}"


@operator("js-unicode-escape")
@on_calls
def unicode_escape(name, value, free, random):
    place = random.randrange(len(name))
    code = ord(name[place])
    return name[:place] + random.choice((f"\\u{code:04x}", f"\\u{{{code:x}}}", f"\\u{{0{code:x}}}")) + name[place + 1:] + f"({value})"


@operator("js-member-of-window")
@on_calls
def member_of_window(name, value, free, random):
    window = random.choice(("top", "window", "self", "parent", "this", "globalThis", "frames"))
    quote = random.choice(free)
    return f"{window}[{in_halves(name, quote, random) if random.random() < 0.7 else quote + name + quote}]({value})"


@operator("js-template-call")
@on_calls
def template_call(name, value, free, random):
    if "`" not in free or not re.fullmatch(r"\d+|'[\w ]*'|\"[\w ]*\"", value):
        return None
    return f"{name}`{value.strip(chr(39) + chr(34))}`"


@operator("js-comment")
@on_calls
def comment(name, value, free, random):
    return random.choice((f"{name}/**/({value})", f"{name}/*x*/(/**/{value})", f"{name}({value}/*{random.choice('abc')}*/)", f"/*//*/{name}({value})"))


@operator("js-brackets")
@on_calls
def brackets(name, value, free, random):
    return random.choice((f"({name})({value})", f"(0,{name})({value})", f"(({name}))({value})"))


@operator("js-optional-call")
@on_calls
def optional_call(name, value, free, random):
    return f"{name}?.({value})"


@operator("js-indirect-call")
@on_calls
def indirect_call(name, value, free, random):
    choices = [f"{name}.call(null,{value})" if value else f"{name}.call()", f"{name}.apply(null,[{value}])", f"Reflect.apply({name},null,[{value}])", f"{name}.bind()({value})"]
    if value:
        choices += [f"[{value}].map({name})", f"[{value}].find({name})", f"[{value}].forEach({name})"]
    return random.choice(choices)


@operator("js-code-as-text")
@on_calls
def code_as_text(name, value, free, random):
    quote = random.choice(free)
    return random.choice((f"eval({quote}{name}({value}){quote})", f"Function({quote}{name}({value}){quote})()", f"[][{quote}filter{quote}][{quote}constructor{quote}]({quote}{name}({value}){quote})()",
                          f"eval({quote}{name}{quote}+{quote}({value}){quote})"))


@operator("js-code-in-base64")
@on_calls
def code_in_base64(name, value, free, random):
    quote = random.choice(free)
    packed = base64.b64encode(f"{name}({value})".encode()).decode().rstrip("=")
    return random.choice((f"eval(atob({quote}{packed}{quote}))", f"Function(atob({quote}{packed}{quote}))()"))


@operator("js-code-escaped")
@on_calls
def code_escaped(name, value, free, random):
    quote = random.choice(free)
    code = f"{name}({value})"
    return random.choice((f"eval({quote}{''.join(f'{chr(92)}x{ord(c):02x}' for c in code)}{quote})", f"eval({quote}{''.join(f'{chr(92)}u{ord(c):04x}' for c in code)}{quote})",
                          f"eval({quote}{''.join(f'{chr(92)}{ord(c):o}' for c in code)}{quote})") if quote != "`" else
                         (f"eval({quote}{''.join(f'{chr(92)}x{ord(c):02x}' for c in code)}{quote})", f"eval({quote}{''.join(f'{chr(92)}u{ord(c):04x}' for c in code)}{quote})"))


@operator("js-char-codes")
@on_calls
def char_codes(name, value, free, random):
    if not re.fullmatch(r"'[\w ]+'|\"[\w ]+\"", value):
        return f"eval(String.fromCharCode({','.join(str(ord(c)) for c in f'{name}({value})')}))"
    return f"{name}(String.fromCharCode({','.join(str(ord(c)) for c in value[1:-1])}))"


@operator("js-split-text")
@on_calls
def split_text(name, value, free, random):
    if not re.fullmatch(r"'[\w ]{2,}'|\"[\w ]{2,}\"", value):
        return None
    return f"{name}({in_halves(value[1:-1], value[0], random)})"


@operator("js-variable")
@on_calls
def variable(name, value, free, random):
    short = random.choice(("a", "_", "$", "x1"))
    return f"(function({short}){{{short}({value})}})({name})"
