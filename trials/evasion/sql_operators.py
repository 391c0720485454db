"""SQL written differently with the same meaning."""

import functools
import re

from operators import SQL, Operators, some
from sql_text import FUNCTIONS, KEYWORDS, Token, after, before, is_keyword, is_sql, joined, tokens

operator = Operators(("sqli",), SQL)
ALL = operator.all

HARMLESS = ("x", "kw", "page", "2024", "ab1", "note")
COMPARISONS = frozenset(("=", "<", ">", "<=", ">=", "<>", "!="))
# Calls of these may not have a blank before the bracket in MySQL.
TIGHT = frozenset("""adddate bit_and bit_or bit_xor cast count curdate curtime date_add date_sub extract group_concat max mid min now
position session_user std stddev substr substring sum sysdate system_user trim variance char""".split())
# Literals in these texts stand where an expression may not.
LITERALS_ONLY = re.compile(r"(?i)waitfor|outfile|dumpfile|load|interval|escape|exec|xp_|against|declare|open|language|procedure|\blimit\b|analyse|infile|copy")
ASSIGNING = re.compile(r"(?i)\bset\b|declare|update|insert|@|into|values")


def on_tokens(change):
    @functools.wraps(change)
    def apply(text, random):
        parts = tokens(text)
        if parts is None or not is_sql(parts):
            return None
        changed = change(list(parts), random)
        if changed is None:
            return None
        new = changed if isinstance(changed, str) else joined(changed)
        return new if new != text else None
    return apply


def blanks(parts):
    """Blanks between two pieces of SQL. Behind a minus or a slash a comment would begin elsewhere."""
    return [at for at, it in enumerate(parts) if it.kind == "blank" and 0 < at < len(parts) - 1 and parts[at - 1].text not in ("-", "/")]


def in_place_of_blanks(parts, random, make):
    for at in some(blanks(parts), random):
        # What follows the comment to the end of the line must not be what followed the blank.
        parts[at] = Token("comment", make())
    return parts


def literal_sides(parts):
    """Places of literals that are compared with something, and nothing else is done with them."""
    for at, it in enumerate(parts):
        if it.kind not in ("number", "string"):
            continue
        left, right = before(parts, at), after(parts, at)
        begins = left.text in COMPARISONS or left.low in ("and", "or", "where", "not", "when", "having")
        ends = right.text in COMPARISONS or right.kind == "none" or right.low in ("and", "or", "then", "#") or right.text in (")", ";")
        if begins and ends and (left.text in COMPARISONS or right.text in COMPARISONS):
            yield at


def equalities(parts):
    """(left, sign, right) places of `=` between two literals that are not part of a longer expression."""
    for at, it in enumerate(parts):
        if it.text != "=" or it.kind != "sign":
            continue
        left = at - 1
        while left >= 0 and parts[left].kind == "blank":
            left -= 1
        right = at + 1
        while right < len(parts) and parts[right].kind == "blank":
            right += 1
        if left < 0 or right >= len(parts):
            continue
        start, end = before(parts, left), after(parts, right)
        begins = start.low in ("and", "or", "where", "not", "when", "having") or start.text == "("
        ends = end.kind == "none" or end.low in ("and", "or", "then", "union") or end.text in (")", ";")
        if begins and (ends or parts[right].kind == "open"):
            yield left, at, right


def strings(parts):
    """Places of string literals that may be any expression."""
    if LITERALS_ONLY.search(joined(parts)):
        return
    for at, it in enumerate(parts):
        if it.kind != "string" or len(it.text) < 4 or not re.fullmatch(r"[\x20-\x21\x23-\x26\x28-\x7e]+", it.text[1:-1]):
            continue
        left, right = before(parts, at), after(parts, at)
        opened = left.text in COMPARISONS or left.text in ("(", ",") or left.low in ("select", "and", "or", "like", "when", "then", "else", "where")
        ends = right.text in COMPARISONS or right.text in (")", ",", ";") or right.kind == "none" or right.low in ("and", "or", "from", "union", "then", "else", "end", "where", "like", "order")
        # A number beside it makes the string a number.
        if opened and ends and not beside_number(parts, at) and before(parts, at - 1 if at else 0).low != "like":
            yield at


def beside_number(parts, at):
    def behind(step):
        sign, seen = at + step, 0
        while 0 <= sign < len(parts):
            if parts[sign].kind not in ("blank", "comment"):
                seen += 1
                if seen == 2:
                    return parts[sign].kind in ("number",) or parts[sign].kind == "sign"
            sign += step
        return False
    return (before(parts, at).text in COMPARISONS and behind(-1)) or (after(parts, at).text in COMPARISONS and behind(1))


@operator("sql-keyword-case")
@on_tokens
def keyword_case(parts, random):
    return [it.with_text("".join(random.choice((c.lower(), c.upper())) for c in it.text))
            if it.kind == "word" and it.low in KEYWORDS | FUNCTIONS else it for it in parts]


@operator("sql-comment-for-blank")
@on_tokens
def comment_for_blank(parts, random):
    return in_place_of_blanks(parts, random, lambda: "/**/")


@operator("sql-words-in-comment")
@on_tokens
def words_in_comment(parts, random):
    return in_place_of_blanks(parts, random, lambda: f"/*{random.choice(HARMLESS)}{random.choice(('', ' ', '=1', '*'))}*/")


@operator("sql-long-comment")
@on_tokens
def long_comment(parts, random):
    places = blanks(parts)
    if not places:
        return None
    words = " ".join(random.choice(("please", "send", "the", "order", "before", "noon", "thanks", "again")) for _ in range(random.choice((20, 150, 700))))
    parts[random.choice(places)] = Token("comment", f"/*{words}*/")
    return parts


@operator("sql-newline")
@on_tokens
def newline(parts, random):
    return in_place_of_blanks(parts, random, lambda: random.choice(("\n", "\r\n", " \n ", "\r")))


@operator("sql-tab")
@on_tokens
def tab(parts, random):
    return in_place_of_blanks(parts, random, lambda: random.choice(("\t", "\t\t", " \t")))


@operator("sql-form-feed")
@on_tokens
def form_feed(parts, random):
    return in_place_of_blanks(parts, random, lambda: "\f")


@operator("sql-vertical-tab", victims=("mysql", "mssql"))
@on_tokens
def vertical_tab(parts, random):
    return in_place_of_blanks(parts, random, lambda: "\v")


@operator("sql-control-blank", victims=("mssql",))
@on_tokens
def control_blank(parts, random):
    return in_place_of_blanks(parts, random, lambda: chr(random.choice((1, 2, 8, 14, 27, 31))))


@operator("sql-line-comment-for-blank")
@on_tokens
def line_comment_for_blank(parts, random):
    return in_place_of_blanks(parts, random, lambda: f"-- {random.choice(HARMLESS)}\n")


@operator("sql-hash-comment-for-blank", victims=("mysql",))
@on_tokens
def hash_comment_for_blank(parts, random):
    return in_place_of_blanks(parts, random, lambda: f"#{random.choice(HARMLESS)}\n")


@operator("sql-versioned-comment", victims=("mysql",))
@on_tokens
def versioned_comment(parts, random):
    places = [at for at, it in enumerate(parts) if is_keyword(it) and it.low not in ("null",) and after(parts, at).text != "("]
    for at in some(places, random):
        version = random.choice(("50000", "00000", "40100", ""))
        parts[at] = parts[at].with_text(f"/*!{version}{parts[at].text}*/")
    return parts


@operator("sql-more-blanks")
@on_tokens
def more_blanks(parts, random):
    places = [at for at, it in enumerate(parts) if it.kind == "sign" and it.text in COMPARISONS | {",", "("} and at and parts[at - 1].kind != "word"]
    for at in some(places, random):
        parts[at] = parts[at].with_text(random.choice((" ", "  ", "\t", "\n")) * (parts[at].text != "(") + parts[at].text + random.choice(("  ", " ", "\n")))
    return parts


@operator("sql-no-blanks")
@on_tokens
def no_blanks(parts, random):
    kept = []
    for at, it in enumerate(parts):
        if it.kind == "blank" and 0 < at < len(parts) - 1:
            left, right = parts[at - 1], parts[at + 1]
            tight = left.kind in ("string", "lead") or (left.kind == "sign" and left.text in COMPARISONS | {",", ")", "("})
            loose = (right.kind in ("string", "open") and left.kind != "string" and left.kind != "lead" and left.low in KEYWORDS | COMPARISONS | {",", "("}) \
                or (right.kind == "sign" and right.text in COMPARISONS | {",", ")"})
            # Two strings in a row would become one with a quote in it.
            if (tight and right.kind not in ("string", "open", "comment", "sign")) or loose:
                continue
        kept.append(it)
    return kept


@operator("sql-brackets-for-blanks")
@on_tokens
def brackets_for_blanks(parts, random):
    places = [at for at in range(2, len(parts)) if parts[at].kind in ("number", "string") and parts[at - 1].kind == "blank"
              and parts[at - 2].low in ("select", "and", "or", "where", "not", "when", "then", "else", "having") and after(parts, at).kind not in ("string", "open", "quoted")
              and after(parts, at).text not in (".", "(") and not (after(parts, at).kind == "word" and not is_keyword(after(parts, at)))]
    if not places:
        return None
    for at in places:
        tail = at + 1 < len(parts) and parts[at + 1].kind == "blank" and after(parts, at).kind in ("word", "sign")
        parts[at - 1], parts[at] = Token("blank", ""), parts[at].with_text(f"({parts[at].text})")
        if tail:
            parts[at + 1] = Token("blank", "")
    return parts


@operator("sql-unary-plus")
@on_tokens
def unary_plus(parts, random):
    places = [at for at in literal_sides(parts) if parts[at].kind == "number"]
    for at in some(places, random):
        parts[at] = parts[at].with_text(random.choice(("+", "- -", "+ +")) + parts[at].text)
        if parts[at - 1].kind == "blank" and random.random() < 0.7 and parts[at].text[0] == "+":
            parts[at - 1] = Token("blank", "")
    return parts if places else None


@operator("sql-scientific")
@on_tokens
def scientific(parts, random):
    places = [at for at in literal_sides(parts) if parts[at].kind == "number" and re.fullmatch(r"\d{1,8}", parts[at].text)]
    for at in some(places, random):
        number = parts[at].text
        parts[at] = parts[at].with_text(random.choice((f"{number}e0", f"{number}.0", f"{number}0e-1", f"{number}E+0")))
        # A number with a dot is not one beside a string.
        if after(parts, at).text == "." or beside_text(parts, at):
            return None
    return parts if places else None


def beside_text(parts, at):
    """Whether a number is compared with something that is not a number."""
    for step in (-1, 1):
        place = at + step
        while 0 <= place < len(parts) and (parts[place].kind in ("blank", "comment") or parts[place].text in COMPARISONS):
            place += step
        other = parts[place] if 0 <= place < len(parts) else Token("none", "")
        sign = before(parts, at) if step < 0 else after(parts, at)
        if sign.text in COMPARISONS and other.kind != "number":
            return True
    return False


@operator("sql-hex-number", victims=("mysql", "mssql", "sqlite"))
@on_tokens
def hex_number(parts, random):
    places = [at for at in literal_sides(parts) if re.fullmatch(r"[1-9]\d{0,8}|0", parts[at].text) and not beside_text(parts, at)]
    places = [at for at in places if after(parts, at).text in COMPARISONS]
    # One side only: two such literals are compared as bytes.
    for at in some(places, random):
        parts[at] = parts[at].with_text(hex(int(parts[at].text)))
    return parts if places else None


@operator("sql-arithmetic")
@on_tokens
def arithmetic(parts, random):
    places = [at for at in literal_sides(parts) if re.fullmatch(r"\d{1,8}", parts[at].text) and not beside_text(parts, at)]
    for at in some(places, random):
        number, step = int(parts[at].text), random.randint(1, 99)
        parts[at] = parts[at].with_text(random.choice((f"({number + step}-{step})", f"({number}*1)", f"({number}+0)")))
    return parts if places else None


def tautologies(parts):
    for left, sign, right in equalities(parts):
        one, other = parts[left], parts[right]
        if one.kind in ("number", "string") and one.text == other.text and before(parts, left).low in ("and", "or", "where", "when", "having"):
            yield left, right


def replaced(parts, left, right, text):
    gap = "" if parts[left - 1].kind in ("blank", "comment") or parts[left - 1].text == "(" else " "
    end = " " if right + 1 < len(parts) and parts[right + 1].kind == "word" else ""
    return parts[:left] + [Token("word", gap + text + end)] + parts[right + 1:]


@operator("sql-tautology")
@on_tokens
def tautology(parts, random):
    for left, right in tautologies(parts):
        number = random.randint(2, 9)
        return replaced(parts, left, right, random.choice((
            f"{number}>1", f"'{number}a'='{number}a'", f"{number} between 1 and 9", f"{number} is not null", f"{number}<>{number + 3}", f"{number} in ({number})",
            f"'ab' like 'a%'", f"{number}+1={number + 1}", f"coalesce(null,{number})={number}", f"not {number}=1")))
    return None


@operator("sql-tautology-true", victims=("mysql", "postgres", "sqlite"))
@on_tokens
def tautology_true(parts, random):
    for left, right in tautologies(parts):
        return replaced(parts, left, right, random.choice(("true", "TRUE", "not false", "true=true", "(true)")))
    return None


@operator("sql-tautology-bare", victims=("mysql", "sqlite"))
@on_tokens
def tautology_bare(parts, random):
    for left, right in tautologies(parts):
        number = random.randint(2, 9)
        return replaced(parts, left, right, random.choice((f"{number}", f"~{number}", f"- -{number}", f"{number}%10", f"not 0", f"length('abc')", f"1|{number}")))
    return None


@operator("sql-open-tautology")
@on_tokens
def open_tautology(parts, random):
    """`or 'a'='a` whose last quote is the victim's."""
    for left, _, right in equalities(parts):
        one, other = parts[left], parts[right]
        if one.kind == "string" and other.kind == "open" and one.text == other.text + one.text[0] and one.text[1:-1].isalnum():
            quote = one.text[0]
            return replaced(parts, left, right, random.choice((
                f"{quote}b{quote}>{quote}a", f"{quote}7{quote}<>{quote}8", f"{quote}ab{quote} like {quote}a_", f"{quote}q{quote} between {quote}a{quote} and {quote}z",
                f"not {quote}c{quote}={quote}d", f"{quote}{quote}<{quote}a")))
    return None


@operator("sql-equals-in")
@on_tokens
def equals_in(parts, random):
    return equals_as(parts, random, lambda right: f" in ({right.text})", ("number", "string"), SQL)


@operator("sql-equals-between")
@on_tokens
def equals_between(parts, random):
    return equals_as(parts, random, lambda right: f" between {right.text} and {right.text}", ("number", "string"), SQL)


@operator("sql-equals-not-different")
@on_tokens
def equals_not_different(parts, random):
    for left, sign, right in equalities(parts):
        if parts[left].kind in ("number", "string") and parts[right].kind in ("number", "string", "open") and before(parts, left).low != "not":
            parts[sign] = parts[sign].with_text(random.choice(("<>", "!=")))
            parts[left] = parts[left].with_text(("" if parts[left - 1].kind in ("blank", "comment") or parts[left - 1].text == "(" else " ") + "not " + parts[left].text)
            return parts
    return None


@operator("sql-equals-like", victims=("mysql", "mssql", "sqlite", "oracle"))
@on_tokens
def equals_like(parts, random):
    if ASSIGNING.search(joined(parts)):
        return None
    for left, sign, right in equalities(parts):
        plain = re.compile(r"\d+|'[a-z0-9]*'|\"[a-z0-9]*\"|['\"][a-z0-9]*")
        if parts[left].kind in ("number", "string") and plain.fullmatch(parts[left].text) and plain.fullmatch(parts[right].text):
            parts[sign] = Token("word", " like ")
            return parts
    return None


def equals_as(parts, random, make, kinds, _):
    if ASSIGNING.search(joined(parts)):
        return None
    for left, sign, right in equalities(parts):
        if parts[left].kind in ("number", "string") and parts[right].kind in kinds and parts[left].kind == parts[right].kind:
            end = parts[right + 1:]
            gap = " " if end and end[0].kind == "word" else ""
            return parts[:sign] + [Token("word", make(parts[right]) + gap)] + end
    return None


@operator("sql-symbols-for-words", victims=("mysql",))
@on_tokens
def symbols_for_words(parts, random):
    if any(it.low == "between" for it in parts):
        return None
    places = [at for at, it in enumerate(parts) if it.kind == "word" and it.low in ("and", "or")]
    for at in some(places, random, 0.9):
        parts[at] = Token("sign", "&&" if parts[at].low == "and" else "||")
    return parts


@operator("sql-union-all")
@on_tokens
def union_all(parts, random):
    return between_union_and_select(parts, random, "all")


@operator("sql-union-distinct", victims=("mysql", "postgres"))
@on_tokens
def union_distinct(parts, random):
    return between_union_and_select(parts, random, "distinct")


def between_union_and_select(parts, random, word):
    for at, it in enumerate(parts):
        if it.low == "union" and after(parts, at).low == "select":
            return parts[:at + 1] + [Token("blank", " "), Token("word", word)] + (parts[at + 1:] if parts[at + 1].kind in ("blank", "comment") else [Token("blank", " ")] + parts[at + 1:])
    return None


@operator("sql-concatenation", victims=("postgres", "oracle", "sqlite"))
@on_tokens
def concatenation(parts, random):
    return on_strings(parts, random, lambda one, other, quote: f"({quote}{one}{quote}||{quote}{other}{quote})", "'")


@operator("sql-concat-call", victims=("mysql", "postgres", "oracle", "mssql"))
@on_tokens
def concat_call(parts, random):
    return on_strings(parts, random, lambda one, other, quote: f"concat({quote}{one}{quote},{quote}{other}{quote})")


@operator("sql-plus-concatenation", victims=("mssql",))
@on_tokens
def plus_concatenation(parts, random):
    return on_strings(parts, random, lambda one, other, quote: f"({quote}{one}{quote}+{quote}{other}{quote})", "'")


@operator("sql-adjacent-strings", victims=("mysql",))
@on_tokens
def adjacent_strings(parts, random):
    return on_strings(parts, random, lambda one, other, quote: f"{quote}{one}{quote}{random.choice(' ' + chr(10))}{quote}{other}{quote}")


def apart(parts, at, text):
    """What stands in place of a string, with blanks where it would become one word with what is beside it."""
    left, right = (parts[it].text if 0 <= it < len(parts) else "" for it in (at - 1, at + 1))
    front = " " if re.match(r"\w", text) and re.search(r"\w\Z", left) else ""
    back = " " if re.search(r"\w\Z", text) and re.match(r"\w", right) else ""
    return Token("word", front + text + back)


def on_strings(parts, random, make, quotes="'\""):
    places = [at for at in strings(parts) if parts[at].text[0] in quotes]
    for at in some(places, random, 0.8):
        text, quote = parts[at].text[1:-1], parts[at].text[0]
        cut = random.randint(1, len(text) - 1)
        parts[at] = apart(parts, at, make(text[:cut], text[cut:], quote))
    return parts if places else None


def whole_strings(parts, random, make, letters=False):
    places = [at for at in strings(parts) if len(parts[at].text) < 40 and (not letters or parts[at].text[1].isalpha())]
    for at in some(places, random, 0.8):
        parts[at] = apart(parts, at, make(parts[at].text[1:-1]))
    return parts if places else None


@operator("sql-char-list", victims=("sqlite",))
@on_tokens
def char_list(parts, random):
    return whole_strings(parts, random, lambda text: f"char({','.join(str(ord(c)) for c in text)})")


@operator("sql-char-using", victims=("mysql",))
@on_tokens
def char_using(parts, random):
    return whole_strings(parts, random, lambda text: f"char({','.join(random.choice((str(ord(c)), hex(ord(c)))) for c in text)} using utf8mb4)", True)


@operator("sql-chr-joined", victims=("postgres", "oracle"))
@on_tokens
def chr_joined(parts, random):
    return whole_strings(parts, random, lambda text: f"({'||'.join(f'chr({ord(c)})' for c in text)})")


@operator("sql-char-plus", victims=("mssql",))
@on_tokens
def char_plus(parts, random):
    return whole_strings(parts, random, lambda text: f"({'+'.join(f'char({ord(c)})' for c in text)})")


@operator("sql-hex-string", victims=("mysql",))
@on_tokens
def hex_string(parts, random):
    return whole_strings(parts, random, lambda text: random.choice((f"0x{text.encode().hex()}", f"X'{text.encode().hex()}'", f"_utf8mb4 0x{text.encode().hex()}")), True)


@operator("sql-national-string", victims=("mysql", "mssql", "oracle"))
@on_tokens
def national_string(parts, random):
    places = [at for at in strings(parts) if parts[at].text[0] == "'"]
    for at in some(places, random, 0.8):
        parts[at] = apart(parts, at, f"N{parts[at].text}")
    return parts if places else None


@operator("sql-quote-style", victims=("mysql",))
@on_tokens
def quote_style(parts, random):
    places = [at for at, it in enumerate(parts) if it.kind == "string" and re.fullmatch(r"[\w .:/%-]*", it.text[1:-1])]
    if LITERALS_ONLY.search(joined(parts)) or not places:
        return None
    for at in some(places, random, 0.8):
        quote = '"' if parts[at].text[0] == "'" else "'"
        parts[at] = parts[at].with_text(quote + parts[at].text[1:-1] + quote)
    return parts


@operator("sql-function-blank")
@on_tokens
def function_blank(parts, random):
    places = [at for at in range(len(parts) - 1) if parts[at].kind == "word" and parts[at + 1].text == "(" and parts[at].low in FUNCTIONS - TIGHT]
    for at in some(places, random):
        parts[at] = parts[at].with_text(parts[at].text + random.choice((" ", "/**/", "\n", "\t", "/*x*/")))
    return parts if places else None


@operator("sql-function-alias", victims=("mysql",))
@on_tokens
def function_alias(parts, random):
    names = {"substring": ("mid", "substr"), "substr": ("mid", "substring"), "mid": ("substr", "substring"), "version": ("@@version",), "database": ("schema",),
             "ascii": ("ord",), "lower": ("lcase",), "upper": ("ucase",), "length": ("octet_length",), "char_length": ("character_length",), "user": ("session_user", "system_user"),
             "pow": ("power",)}
    places = [at for at in range(len(parts) - 1) if parts[at].low in names and parts[at + 1].text == "("]
    for at in some(places, random):
        name = random.choice(names[parts[at].low])
        if name.startswith("@@"):
            if joined(parts[at + 1:at + 3]) != "()":
                continue
            parts[at + 1] = parts[at + 2] = Token("blank", "")
        parts[at] = parts[at].with_text(name)
    return parts if places else None


@operator("sql-quoted-table", victims=("mysql", "sqlite"))
@on_tokens
def quoted_table(parts, random):
    places = [at for at in range(2, len(parts)) if parts[at].kind == "word" and parts[at].low not in KEYWORDS | {"dual"} and after(parts, at).text != "("
              and (parts[at - 2].low == "from" and parts[at - 1].kind == "blank" or parts[at - 1].text == "." and parts[at - 2].kind in ("word", "quoted"))]
    for at in some(places, random):
        parts[at] = Token("quoted", f"`{parts[at].text}`")
    return parts if places else None


def with_tail(parts, tail):
    """The text with another comment at its end, which hides the rest of the victim's statement."""
    last = parts[-1]
    if last.kind != "comment" or not (last.text.startswith(("--", "#")) or (last.text.startswith("/*") and not last.text.endswith("*/"))):
        return None
    kept = parts[:-1]
    if kept and kept[-1].text and kept[-1].text[-1] in "-/":
        return None
    return kept + [Token("comment", tail)]


@operator("sql-tail-dashes")
@on_tokens
def tail_dashes(parts, random):
    if parts[-1].text.startswith("/*"):
        return None
    return with_tail(parts, random.choice(("-- -", "-- ", "-- x", "--\t", f"-- {random.choice(HARMLESS)} {random.choice(HARMLESS)}", "-- '", "-- /*")))


@operator("sql-tail-hash", victims=("mysql",))
@on_tokens
def tail_hash(parts, random):
    return with_tail(parts, random.choice(("#", f"#{random.choice(HARMLESS)}", "#'", "# --")))


@operator("sql-tail-semicolon")
@on_tokens
def tail_semicolon(parts, random):
    if parts[-1].text.startswith("/*") or parts[-1].text.startswith("#"):
        return None
    return with_tail(parts, random.choice((";-- ", "; -- -", ";\n-- ")))


@operator("sql-tail-open-comment", victims=("sqlite",))
@on_tokens
def tail_open_comment(parts, random):
    return with_tail(parts, random.choice(("/*", "/* x", "/*'")))


@operator("sql-tail-null", victims=("mysql",), needs="a statement that ends at a zero byte")
@on_tokens
def tail_null(parts, random):
    return with_tail(parts, ";\0")


@operator("sql-quoted-lead")
@on_tokens
def quoted_lead(parts, random):
    """Another value in front of the quote that ends the victim's literal, where the rest does not hang on it."""
    lead = parts[0]
    if lead.kind != "lead" or not re.fullmatch(r"-?\d{3,}|[a-z]{0,4}", lead.text[:-1]) or after(parts, 0).low not in ("or", "||"):
        return None
    # Only behind `or` with something true does the first value not matter.
    if not any(right and parts[left].text.strip("'\"") == parts[right].text.strip("'\"") for left, _, right in equalities(parts)):
        return None
    return [lead.with_text("".join(random.choice("abcdefghij") for _ in range(random.randint(1, 9))) + lead.text[-1])] + parts[1:]
