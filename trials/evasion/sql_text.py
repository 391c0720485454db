"""SQL in the middle of a statement: splits an injected text into tokens, from the context in which it lands.

Misses   which table or column a word is; whether the victim reads a backslash as an escape: texts with one are left alone.
"""

import re
from dataclasses import dataclass, replace

KEYWORDS = frozenset("""all and any as asc between by case cast cross delay delete desc distinct drop else end exists from full group
having in inner insert into is join left like limit not null offset on or order outer procedure right select set table then top
union update values waitfor when where xor""".split())
FUNCTIONS = frozenset("""abs ascii avg benchmark cast char char_length chr coalesce concat concat_ws convert count database elt
extractvalue floor group_concat hex if ifnull length lower ltrim max md5 mid min nullif ord pg_sleep quote rand randomblob
replace round rtrim session_user sin sleep sqrt substr substring sum trim unhex unicode updatexml upper user version""".split())

# Words that give away which database a text was written for.
DIALECTS = (
    ("mysql", re.compile(r"(?i)(?<!\.)\bsleep\s*\(|benchmark\s*\(|extractvalue|updatexml|group_concat|concat_ws|\belt\s*\(|/\*!|#|`|@@version_comment|"
                         r"information_schema\.\w*plugin|\brlike\b|\bprocedure\s+analyse|load_file|outfile|dumpfile|into\s+@|make_set|\bxor\b|mysql\.|unhex|"
                         r"@@global|row\s*\(|\bbinary\b|\bstraight_join\b|\bhandler\b|\bcollate\b|in boolean mode|sql_calc|\bdiv\b|&&|-- -|/\*$|/\*\s*$|"
                         r"version\(\)|database\(\)|user\(\)|\b0x[0-9a-f]{3,}")),
    ("mssql", re.compile(r"(?i)waitfor|xp_|sp_|@@servername|sysobjects|master\.\.|openrowset|\bexec\b|declare\s+@|\btop\s+\d|nvarchar|varchar\s*\(|"
                         r"convert\s*\(\s*int|db_name|sysusers|is_srvrolemember|char\(\d+\)\s*\+|sysdatabases|system_user|has_dbaccess|\bgo\b")),
    ("postgres", re.compile(r"(?i)pg_|generate_series|::|\$\$|current_schema\(|copy\s.*program|query_to_xml|lo_import|language\s+'c'")),
    ("oracle", re.compile(r"(?i)utl_|dbms_|\bdual\b|xmltype|ctxsys|all_tables|user_lock|rownum|all_users|v\$|sys\.|drithsx")),
    ("sqlite", re.compile(r"(?i)randomblob|sqlite_|load_extension|\bglob\b")),
    ("other", re.compile(r"(?i)rdb\$|sysibm|sysmaster|domain\.domains|information_schema\.system_users|regexp_substring|msysaccessobjects|"
                         r"curdate\(\)\s*\(|repeat\(right|callable|{d|hsqldb|firebird")),
)

TOKEN = re.compile(r"""
    (?P<blank>[\ \t\n\r\f\v]+)
  | (?P<comment>/\*.*?\*/|/\*.*\Z|--(?=[\s+]|\Z|-).*?(?:\n|\Z)|--.*?(?:\n|\Z)|\#.*?(?:\n|\Z))
  | (?P<string>'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<open>['"].*)
  | (?P<quoted>`[^`]*`|\[[A-Za-z_ ]+\])
  | (?P<number>0[xX][0-9A-Fa-f]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z_]))
  | (?P<word>@{0,2}[A-Za-z_][A-Za-z0-9_$]*)
  | (?P<sign><=>|<=|>=|<>|!=|\|\||&&|::|.)
""", re.VERBOSE | re.DOTALL)

# What stands before the quote that ends the victim's literal: no SQL of its own.
LEAD = re.compile(r"\A[^'\"=<>|&()#;`]*?(?P<quote>['\"])")
SQL_WORD = re.compile(r"(?i)\b(?:or|and|union|select|where|like|having|order|waitfor|in|if|case|not|between|xor|sleep|is|as)\b")


@dataclass(frozen=True)
class Token:
    kind: str
    text: str

    @property
    def low(self):
        return self.text.lower()

    def with_text(self, text):
        return replace(self, text=text)


def dialects(text):
    """Databases on which the text may be an attack."""
    named = {name for name, pattern in DIALECTS if pattern.search(text)}
    if "other" in named or len(named) > 1:
        return frozenset()
    return frozenset(named) or frozenset(("mysql", "mssql", "postgres", "oracle", "sqlite"))


def tokens(text):
    """Tokens that together are the text, or None where the text can't be told apart with certainty."""
    if "\\" in text or "\0" in text or re.search(r"%[0-9a-fA-F]{2}|\+(?:or|and|union|select)\b|/\*!", text, re.IGNORECASE):
        return None
    found, at = [], 0
    lead = LEAD.match(text)
    if lead and not SQL_WORD.search(text[:lead.start("quote")]):
        # Two quotes at once are an escaped quote, and the literal goes on.
        at = lead.end()
        if text[at:at + 1] == lead["quote"]:
            return None
        found.append(Token("lead", text[:at]))
    while at < len(text):
        part = TOKEN.match(text, at)
        kind = part.lastgroup
        if kind == "open" and (len(part[0]) > 40 or SQL_WORD.search(part[0])):
            return None
        found.append(Token(kind, part[0]))
        at = part.end()
    return found


def joined(parts):
    return "".join(it.text for it in parts)


def is_code(parts, at):
    return 0 <= at < len(parts)


def before(parts, at):
    """The nearest token before that is neither blank nor comment."""
    at -= 1
    while at >= 0 and parts[at].kind in ("blank", "comment"):
        at -= 1
    return parts[at] if at >= 0 else Token("none", "")


def after(parts, at):
    at += 1
    while at < len(parts) and parts[at].kind in ("blank", "comment"):
        at += 1
    return parts[at] if at < len(parts) else Token("none", "")


def is_keyword(token):
    return token.kind == "word" and token.low in KEYWORDS


def is_sql(parts):
    """Whether there is enough SQL to speak of: fragments without a word of it are left alone."""
    return any(it.kind == "word" and it.low in KEYWORDS | FUNCTIONS for it in parts)
