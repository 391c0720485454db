"""Templates, directories, documents, look-ups in logs and other attacks, written differently with the same meaning."""

import functools
import re

from operators import TEMPLATES, Operators, some

operator = Operators()
ALL = operator.all

DELIMITED = re.compile(r"(?P<open>\{\{-?|\$\{|#\{|<%=|\*\{)(?P<code>[^{}%]{1,300}?)(?P<close>-?\}\}|\}|%>)", re.DOTALL)


def template_victims(text):
    if re.search(r"__\w+__|config\b|request\.|lipsum|cycler|joiner|\|attr|url_for|self\.__", text) and "{{" in text:
        return frozenset(("jinja",))
    if re.search(r"_self|\|filter\(|\|map\(|\|sort\(|registerUndefined|getFilter", text) and "{{" in text:
        return frozenset(("twig",))
    return frozenset(("jinja", "twig")) if "{{" in text and re.search(r"\d\s*[*+-]\s*'?\d", text) else frozenset(("other",))


def in_code(change):
    """`change` writes what stands between the delimiters anew."""
    @functools.wraps(change)
    def apply(text, random):
        new = DELIMITED.sub(lambda it: it["open"] + change(it["code"], random) + it["close"], text)
        return new if new != text else None
    return apply


def outside_strings(code, pattern, make):
    return "".join(it if at % 2 else re.sub(pattern, make, it) for at, it in enumerate(re.split(r"('[^']*'|\"[^\"]*\")", code)))


@operator("template-blanks", ("ssti",), victims=TEMPLATES)
@in_code
def template_blanks(code, random):
    gap = random.choice((" ", "  ", "\t", "\n"))
    return gap + outside_strings(code.strip(), r"(?<=[\w)])([*+,])(?=[\w('\"])", lambda it: f" {it[1]}{random.choice(' ' + chr(9))}") + gap


@operator("template-no-blanks", ("ssti",), victims=TEMPLATES)
@in_code
def template_no_blanks(code, random):
    return outside_strings(code.strip(), r"\s*([*+,|~()])\s*", lambda it: it[1]) if not re.search(r"\bnew\b|\bimport\b|\w \w", code) else code


@operator("template-subscript", ("ssti",), victims=("jinja",))
@in_code
def template_subscript(code, random):
    return outside_strings(code, r"(?<=[\w)\]])\.(__\w+__)", lambda it: f'["{it[1]}"]') if '"' not in code else code


@operator("template-first-subscript", ("ssti",), victims=("jinja",))
@in_code
def first_subscript(code, random):
    """The attribute of a literal, whose own dot is at the edge of a string."""
    return re.sub(r"(?<=['\"\])])\.(__\w+__)", lambda it: f"['{it[1]}']", code, count=1)


@operator("template-attr-filter", ("ssti",), victims=("jinja",))
@in_code
def template_attr_filter(code, random):
    # A filter binds more loosely than what follows it, hence the brackets.
    it = re.search(r"\A(\s*)(''|\"\"|\[\]|\(\)|[a-z]+)\.(__\w+__)", code)
    return f"{it[1]}({it[2]}|attr('{it[3]}')){code[it.end():]}" if it else code


def attribute_text(make):
    """Writes names of attributes that are already texts, or makes them ones."""
    def apply(code, random):
        it = re.search(r"\[(['\"])(__\w+__)\1\]", code)
        if it:
            return f"{code[:it.start()]}[{make(it[2], it[1], random)}]{code[it.end():]}"
        it = re.search(r"(?<=[\w'\"\])])\.(__\w+__)(?!\w)", code)
        return f"{code[:it.start()]}[{make(it[1], chr(39), random)}]{code[it.end():]}" if it else code
    return apply


def halves(name, quote, random, sign):
    cut = random.randint(3, len(name) - 3)
    return f"{quote}{name[:cut]}{quote}{sign}{quote}{name[cut:]}{quote}"


@operator("template-joined-name", ("ssti",), victims=("jinja",))
@in_code
def joined_name(code, random):
    return attribute_text(lambda name, quote, random: halves(name, quote, random, random.choice(("~", "+", " ", " ~ "))))(code, random)


@operator("template-escaped-name", ("ssti",), victims=("jinja",))
@in_code
def escaped_name(code, random):
    return attribute_text(lambda name, quote, random: quote + name.replace("_", random.choice(("\\x5f", "\\u005f", "\\137"))) + quote)(code, random)


@operator("template-reversed-name", ("ssti",), victims=("jinja",))
@in_code
def reversed_name(code, random):
    return attribute_text(lambda name, quote, random: f"{quote}{name[::-1]}{quote}{random.choice(('[::-1]', '|reverse'))}")(code, random)


@operator("template-statement", ("ssti",), victims=("jinja",))
def template_statement(text, random):
    new = re.sub(r"\{\{-?([^{}]+?)-?\}\}", lambda it: "{%" + random.choice((" print(", "print(")) + it[1].strip() + ")%}", text)
    return new if new != text else None


@operator("template-comment", ("ssti",), victims=("jinja", "twig"))
def template_comment(text, random):
    at = text.find("{{")
    return text[:at] + random.choice(("{#x#}", "{# note #}", "{##}")) + text[at:] if at >= 0 else None


@operator("template-trim-marks", ("ssti",), victims=("jinja", "twig"))
def trim_marks(text, random):
    new = re.sub(r"\{\{(?![-{])([^{}]+)(?<!-)\}\}", lambda it: random.choice(("{{-" + it[1] + "}}", "{{" + it[1] + "-}}", "{{-" + it[1] + "-}}")), text)
    return new if new != text else None


@operator("template-arithmetic", ("ssti",), victims=TEMPLATES)
@in_code
def template_arithmetic(code, random):
    return outside_strings(code, r"(?<![\w.])(\d{1,6})\s*\*\s*(\d{1,6})(?![\w.])", lambda it: random.choice((f"({it[1]})*({it[2]})", f"({it[1]}*{it[2]})", f"{it[2]}*{it[1]}", f"({it[1]}+0)*{it[2]}")))


@operator("template-quotes", ("ssti",), victims=TEMPLATES)
@in_code
def template_quotes(code, random):
    if "\\" in code or '"' in code and "'" in code or "(?" in code:
        return code
    # A single character in single quotes is not a text in Java.
    return re.sub(r"'([\w ./-]{2,})'", r'"\1"', code) if "'" in code else re.sub(r'"([\w ./-]{2,})"', r"'\1'", code)


@operator("template-brackets", ("ssti",), victims=TEMPLATES)
@in_code
def template_brackets(code, random):
    stripped = code.strip()
    balanced = stripped.count("(") == stripped.count(")")
    return f"({stripped})" if balanced and re.fullmatch(r"[\w.'\"()*+\[\] /]+", stripped) and not re.match(r"\d+\Z|new\b|import\b|String\b", stripped) else code


FILTER = re.compile(r"(?<=\()(?P<name>uid|cn|sn|mail|objectclass|userpassword|password|givenname|description|user)(?P<sign>[~<>]?=)(?P<value>[^()]*)", re.IGNORECASE)


def on_filters(change):
    @functools.wraps(change)
    def apply(text, random):
        new = FILTER.sub(lambda it: change(it["name"], it["sign"], it["value"], random), text)
        return new if new != text else None
    return apply


@operator("ldap-name-case", ("ldap",))
@on_filters
def ldap_name_case(name, sign, value, random):
    return "".join(random.choice((c.lower(), c.upper())) for c in name) + sign + value


@operator("ldap-object-identifier", ("ldap",))
@on_filters
def ldap_object_identifier(name, sign, value, random):
    known = {"uid": "0.9.2342.19200300.100.1.1", "cn": "2.5.4.3", "sn": "2.5.4.4", "mail": "0.9.2342.19200300.100.1.3", "objectclass": "2.5.4.0", "userpassword": "2.5.4.35",
             "givenname": "2.5.4.42", "description": "2.5.4.13"}
    return known.get(name.lower(), name) + sign + value


@operator("ldap-hex-value", ("ldap",))
@on_filters
def ldap_hex_value(name, sign, value, random):
    return name + sign + re.sub(r"(?<!\\)[A-Za-z]", lambda it: f"\\{ord(it[0]):02x}" if random.random() < 0.6 else it[0], value) if "\\" not in value else name + sign + value


@operator("ldap-double-negation", ("ldap",))
def ldap_double_negation(text, random):
    new = re.sub(r"\((?:uid|cn|sn|mail|objectClass|password|userPassword)[~<>]?=[^()]*\)", lambda it: f"(!(!{it[0]}))", text)
    return new if new != text else None


@operator("ldap-single-list", ("ldap",))
def ldap_single_list(text, random):
    new = re.sub(r"\((?:uid|cn|sn|mail|objectClass|password|userPassword)[~<>]?=[^()]*\)", lambda it: f"({random.choice('&|')}{it[0]})", text)
    return new if new != text else None


QUERY = re.compile(r"\$(?:ne|gt|gte|lt|lte|in|nin|regex|where|or|and|exists|eq)\b")


@operator("nosql-blanks", ("nosqli",))
def nosql_blanks(text, random):
    if not QUERY.search(text) or "{" not in text:
        return None
    new = "".join(it if at % 2 else re.sub(r"\s*([{}:,\[\]])\s*", lambda sign: random.choice(("", " ", "\n", "\t")) + sign[1] + random.choice(("", " ", "\n", "\r\n")), it)
                  for at, it in enumerate(re.split(r"('[^']*'|\"[^\"]*\")", text)))
    return new if new != text else None


@operator("nosql-escaped-key", ("nosqli",))
def nosql_escaped_key(text, random):
    """Inside the quotes of JSON or JavaScript."""
    new = re.sub(r"(?<=[\"'])\$(\w)(?=\w*[\"']\s*:)", lambda it: f"\\u0024{it[1]}" if random.random() < 0.5 else f"$\\u{ord(it[1]):04x}", text)
    return new if new != text else None


@operator("nosql-other-operator", ("nosqli",))
def nosql_other_operator(text, random):
    """What is different from nothing is greater than it, and matches any pattern."""
    it = re.search(r"(?P<open>\{\s*)(?P<q1>[\"']?)\$(?P<name>ne|gt)(?P=q1)\s*:\s*(?P<value>\"\"|''|-?1\b|null|undefined)\s*\}", text)
    if not it:
        return None
    quote, value = it["q1"] or '"', it["value"]
    text_value = value in ('""', "''")
    choices = [f"{quote}$not{quote}:{{{quote}$eq{quote}:{value}}}", f"{quote}$nin{quote}:[{value}]"] if it["name"] == "ne" else [f"{quote}$not{quote}:{{{quote}$lte{quote}:{value}}}"]
    if text_value and it["name"] == "gt":
        choices += [f"{quote}$regex{quote}:{quote}.+{quote}"]
    return text[:it.start()] + "{" + random.choice(choices) + "}" + text[it.end():]


@operator("nosql-script-blanks", ("nosqli",))
def nosql_script_blanks(text, random):
    """Blanks and comments around the signs of JavaScript that stands behind a quote."""
    if not re.search(r"['\"]\s*(?:&&|\|\||;)", text) or "{" in text:
        return None
    new = re.sub(r"[ \t]*(&&|\|\||==)[ \t]*", lambda it: random.choice(("/**/", "\n", "\t", "/*x*/", "  ")) + it[1] + random.choice(("/**/", "\n", "\t", "/*x*/", "  ")), text)
    return new if new != text else None


@operator("nosql-member", ("nosqli",))
def nosql_member(text, random):
    free = [quote for quote in ("'", '"', "`") if quote not in text] or [None]
    if free[0] is None:
        return None
    new = re.sub(r"\bthis\.(\w+)", lambda it: f"this[{free[0]}{it[1]}{free[0]}]", text)
    return new if new != text else None


DECLARED = re.compile(r"(?i)<!(?:DOCTYPE|ENTITY)")


def on_declarations(change):
    @functools.wraps(change)
    def apply(text, random):
        if not DECLARED.search(text):
            return None
        new = change(text, random)
        return new if new and new != text else None
    return apply


@operator("xxe-blanks", ("xxe",))
@on_declarations
def xxe_blanks(text, random):
    return re.sub(r"(<!(?:DOCTYPE|ENTITY)|(?<= )SYSTEM|(?<= )PUBLIC) +(?=[^\s])", lambda it: it[1] + random.choice(("\n", "\t", "  \n", "\r\n")), text)


@operator("xxe-public", ("xxe",))
@on_declarations
def xxe_public(text, random):
    return re.sub(r"\bSYSTEM(\s+)(?=[\"'])", lambda it: f'PUBLIC{it[1]}"{random.choice(("x", "-//A//B", "note"))}"{it[1]}', text)


@operator("xxe-quotes", ("xxe",))
@on_declarations
def xxe_quotes(text, random):
    return re.sub(r"(\b(?:SYSTEM|ENTITY\s+%?\s*\w+)\s+)\"([^\"'<>&%]*)\"", r"\1'\2'", text) if re.search(r"SYSTEM\s+\"", text) else \
        re.sub(r"(\b(?:SYSTEM|ENTITY\s+%?\s*\w+)\s+)'([^\"'<>&%]*)'", r'\1"\2"', text)


@operator("xxe-other-name", ("xxe",))
@on_declarations
def xxe_other_name(text, random):
    names = re.findall(r"<!ENTITY\s+(?:%\s+)?([A-Za-z]\w*)\s", text)
    if not names:
        return None
    old, new = names[0], random.choice(("entry", "a1", "_x", "shipTo", "é"))
    if new in names:
        return None
    return re.sub(rf"(<!ENTITY\s+(?:%\s+)?){re.escape(old)}(?=\s)|([&%]){re.escape(old)};", lambda it: (it[1] + new) if it[1] else f"{it[2]}{new};", text)


@operator("xxe-comments", ("xxe",))
@on_declarations
def xxe_comments(text, random):
    words = " ".join(random.choice(("order", "of", "march", "first", "page")) for _ in range(random.choice((1, 4, 60))))
    new = re.sub(r"(?=<!DOCTYPE)", f"<!-- {words} -->" + random.choice(("", "\n", "<?note x?>")), text, count=1)
    return re.sub(r"\[(?=\s*<!)", f"[<!-- {words} -->", new, count=1) if random.random() < 0.6 else new


@operator("xxe-standalone", ("xxe",))
@on_declarations
def xxe_declaration(text, random):
    if "encoding" in text[:80] and not re.match(r"<\?xml version=\"1.0\"( encoding=\"[\w-]+\")?\?>", text):
        return None
    body = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
    return random.choice(("<?xml version='1.0'?>", "<?xml version = \"1.0\" standalone=\"no\" ?>", "<?xml version='1.0' encoding='utf-8' standalone='no'?>\n", "")) + body


LOOKUP = re.compile(r"\$\{jndi:(?P<protocol>ldaps?|rmi|dns|iiop|corba|nis|http)?", re.IGNORECASE)


def on_lookups(make):
    def apply(text, random):
        def written(it):
            letters = [make(c, random) if c.isalpha() and random.random() < 0.5 else c for c in it[0][2:]]
            if "".join(letters) == it[0][2:]:
                letters[0] = make(letters[0], random)
            return "${" + "".join(letters)
        new = LOOKUP.sub(written, text)
        return new if new != text else None
    return apply


operator("log-lower", ("log4shell",))(on_lookups(lambda c, random: f"${{lower:{random.choice((c.lower(), c.upper()))}}}"))
operator("log-default", ("log4shell",))(on_lookups(lambda c, random: random.choice((f"${{::-{c}}}", f"${{env:NaN{random.randint(1, 99)}:-{c}}}", f"${{sys:zq:-{c}}}", f"${{:-{c}}}"))))
operator("log-date", ("log4shell",))(on_lookups(lambda c, random: f"${{date:'{c}'}}"))
operator("log-nested", ("log4shell",))(on_lookups(lambda c, random: f"${{lower:${{::-{c}}}}}"))
operator("log-upper-lower", ("log4shell",))(on_lookups(lambda c, random: f"${{lower:${{upper:{c}}}}}"))
operator("log-case", ("log4shell",))(lambda text, random: next((new for new in (LOOKUP.sub(lambda it: "${" + "".join(random.choice((c, c.upper())) for c in it[0][2:]), text),) if new != text), None))


@operator("prototype-through-constructor", ("prototype-pollution",))
def through_constructor(text, random):
    new = re.sub(r"\b__proto__\[", "constructor[prototype][", text)
    new = re.sub(r"(?<=[\w?&])\[__proto__\]", "[constructor][prototype]", new)
    new = re.sub(r"\.__proto__(?=[.\[])", ".constructor.prototype", new)
    new = re.sub(r"\[\"__proto__\"\](?=[.\[])", '["constructor"]["prototype"]', new)
    new = re.sub(r"\"__proto__\"\s*:\s*(\{[^{}]*\})", r'"constructor":{"prototype":\1}', new)
    return new if new != text else None


@operator("prototype-escaped-key", ("prototype-pollution",))
def prototype_escaped_key(text, random):
    new = re.sub(r"(?<=[\"'])__proto__(?=[\"'])", lambda _: random.choice(("\\u005f_proto__", "__pr\\u006fto__", "\\u005f\\u005f\\u0070roto__")), text)
    return new if new != text else None


@operator("prototype-member", ("prototype-pollution",))
def prototype_member(text, random):
    new = re.sub(r"\.__proto__\b", lambda _: random.choice(("['__proto__']", "[\"__proto__\"]", "['__pro'+'to__']", "[`__proto__`]")), text)
    return new if new != text else None


@operator("xpath-tautology", ("xpath",))
def xpath_tautology(text, random):
    new = re.sub(r"(?<=or )1\s*=\s*1\b", lambda _: random.choice(("2>1", "true()", "not(false())", "'a'='a'", "1<2")), text)
    return new if new != text else None


@operator("xpath-blanks", ("xpath", "ldap"))
def xpath_blanks(text, random):
    if not re.search(r"['\"]\s+(?:or|and)\s", text):
        return None
    new = re.sub(r"(?<=['\"\d)]) +(?=or\b|and\b)|(?<=\bor) +|(?<=\band) +", lambda _: random.choice(("\n", "\t", "  ", "\r\n")), text)
    return new if new != text else None


@operator("crlf-line-feed", ("crlf",))
def line_feed(text, random):
    """Many servers end a header line at a line feed alone."""
    new = re.sub(r"%0d%0a|\r\n", lambda it: "%0a" if it[0][0] == "%" else "\n", text, flags=re.IGNORECASE)
    return new if new != text else None


@operator("crlf-header-case", ("crlf",))
def crlf_header_case(text, random):
    new = re.sub(r"(?i)\b(?:set-cookie|location|content-type|content-length)(?=\s*:)", lambda it: "".join(random.choice((c.lower(), c.upper())) for c in it[0]), text)
    return new if new != text else None


GRAPHQL = re.compile(r"\"(?:[^\"\\]|\\.)*\"|[A-Za-z_]\w*|\.\.\.|[{}()\[\]:,!$=@]|\s+|#[^\n]*", re.DOTALL)


def on_graphql(change):
    @functools.wraps(change)
    def apply(text, random):
        import json
        try:
            message = json.loads(text)
        except ValueError:
            return None
        query = message.get("query") if isinstance(message, dict) else None
        if not isinstance(query, str) or "".join(GRAPHQL.findall(query)) != query:
            return None
        new = change(GRAPHQL.findall(query), random)
        message["query"] = "".join(new)
        return json.dumps(message) if message["query"] != query else None
    return apply


@operator("graphql-blanks", ("graphql",))
@on_graphql
def graphql_blanks(parts, random):
    return [random.choice((" ", "\n", "\t", ",", " , ", "\n\n")) if it.isspace() else it for it in parts]


@operator("graphql-comments", ("graphql",))
@on_graphql
def graphql_comments(parts, random):
    return [f" #{random.choice(('x', ' note', ' page {'))}\n" if it.isspace() and random.random() < 0.5 else it for it in parts]


@operator("graphql-named", ("graphql",))
@on_graphql
def graphql_named(parts, random):
    if parts[0] != "{":
        return parts
    return ["query", " ", random.choice(("Find", "Orders", "q")), " "] + parts


@operator("csv-other-sign", ("csv-injection",))
def csv_other_sign(text, random):
    return random.choice(("+", "=+", "=-")) + text[1:] if text.startswith("=") else None


@operator("latex-blanks", ("latex",))
def latex_blanks(text, random):
    """Blanks and a comment behind a command are skipped."""
    new = re.sub(r"(\\(?:input|include|write18|openin|read|immediate|newread|url))(?=[{\\])", lambda it: it[1] + random.choice((" ", "%x\n", "  ", "%\n")), text)
    return new if new != text else None


@operator("latex-hex-letters", ("latex",))
def latex_hex_letters(text, random):
    """`^^69` is the letter with that number, in names of commands too."""
    new = re.sub(r"(?<=\\)(?:input|include|write|immediate|openin|read)", lambda it: f"^^{ord(it[0][0]):02x}" + it[0][1:] if random.random() < 0.5 else it[0][:2] + f"^^{ord(it[0][2]):02x}" + it[0][3:], text)
    return new if new != text else None
