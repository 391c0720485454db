"""Chooses for each path parameter what its values look like, and keeps a pool of them.

Reads    the parameter's schema (enum, format, pattern, type), its name, and the literal segment before it.
Memory   one pool for each meaning, at most `POOL_MAX` values.
Errors   none: a parameter that says nothing gets the document's house style.
Misses   ids that depend on one another (an issue belongs to a repository here only by chance); values over several
         segments (a file path is sent with its slashes encoded, as client libraries do).

A *meaning* is what has one pool: the parameter's name, and for names that say nothing (`id`, `name`, `key` ...) the
literal segment before it as well. `/customers/{id}` and `/orders/{id}` are two meanings, `{owner}` is one everywhere.
"""

import itertools
import re
import uuid
from bisect import bisect
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from random import Random

import patterns
import vocabulary as words

POOL_MAX = 3000
ZIPF_EXPONENT = 0.9
WORD_LIKE_SHARE_MIN = 0.30
HOUSE_SHARE = 0.8
COLLISION_SHARE = 0.02
STRANGERS = 400
NATURAL_TRIES = 12
NAMES_KEPT_MAX = 20_000

BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
HEX = "0123456789abcdef"

SAYS_NOTHING = frozenset(
    """id ids id1 id2 uuid guid gid sid uid key name slug type kind value code path alias index number identifier
    title ref reference item resource format query from to start end version tag attr attribute field provider
    property filename file url""".split()
)

ID_ENDINGS = ("_id", "_ids", "_uuid", "_guid", "_gid", "_sid", "_uid", "_key")

# What products themselves put in front of their ids; other resources get their first letters.
PREFIXES = {
    "customer": "cus", "charge": "ch", "invoice": "in", "intent": "pi", "subscription": "sub", "account": "acct",
    "payment_method": "pm", "refund": "re", "payout": "po", "price": "price", "product": "prod", "session": "cs",
    "assistant": "asst", "thread": "thread", "message": "msg", "run": "run", "file": "file", "batch": "batch",
    "organization": "org", "project": "proj", "user": "user", "transfer": "tr", "dispute": "dp", "card": "card",
}


@lru_cache(maxsize=NAMES_KEPT_MAX)
def snake(name):
    """`merchantId`, `Merchant-ID` and `merchant_id` as `merchant_id`."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def singular(word):
    """The plain English singular, good enough to name a resource."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "uses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


# --- Styles: each takes a source of chance and the resource's name, and makes one value. ---

def _signs(draw, alphabet, count):
    return "".join(draw.choices(alphabet, k=count))


def _slug(draw, _):
    base = f"{draw.choice(words.ADJECTIVES)}-{draw.choice(words.NOUNS)}"
    forms = (draw.choice(words.NOUNS), base, base, f"{draw.choice(words.COMPANIES)}-{draw.choice(words.NOUNS)}",
             f"{draw.choice(words.NOUNS)}-{draw.choice(words.NOUNS)}", f"{draw.choice(words.NOUNS)}_{draw.randint(1, 9)}")
    return draw.choice(forms)


def _username(draw, _):
    first, last = draw.choice(words.FIRST_NAMES), draw.choice(words.LAST_NAMES)
    return draw.choice((first, f"{first}-{last}", f"{first}.{last}", f"{first}{draw.randint(1, 99)}",
                        f"{first[0]}{last}", f"{first.title()}{last.title()}", f"{last}_{first}"))


def _account(draw, _):
    company = draw.choice(words.COMPANIES)
    return draw.choice((company, f"{company}-{draw.choice(words.SUFFIXES)}", f"{company}{draw.choice(words.SUFFIXES)}",
                        f"{draw.choice(words.NOUNS)}-{draw.choice(words.SUFFIXES)}"))


def _branch(draw, _):
    words_ = f"{draw.choice(words.NOUNS)}-{draw.choice(words.ATTRIBUTES)}"
    return draw.choice(("main", "develop", f"{draw.choice(words.BRANCH_KINDS)}/{words_}", words_,
                        f"release/{draw.randint(1, 9)}.{draw.randint(0, 20)}", f"{draw.choice(words.FIRST_NAMES)}/{words_}"))


def _file(draw, _):
    name = f"{draw.choice(words.FILE_STEMS)}.{draw.choice(words.FILE_ENDINGS)}"
    dated = f"{draw.choice(words.FILE_STEMS)}-{draw.randint(2019, 2026)}.{draw.choice(words.FILE_ENDINGS)}"
    return draw.choice((name, name, dated, f"{draw.choice(words.FOLDERS)}/{name}", "README.md"))


def _version(draw, _):
    plain = f"{draw.randint(0, 9)}.{draw.randint(0, 20)}.{draw.randint(0, 30)}"
    return draw.choice((plain, f"v{plain}", f"v{plain}", f"{plain}-rc.{draw.randint(1, 5)}", "latest"))


def _prefixed(draw, resource):
    prefix = PREFIXES.get(resource) or resource.replace("_", "")[:4] or "obj"
    return f"{prefix}_{_signs(draw, BASE62, 16)}"


def _sid(draw, resource):
    return f"{(resource.replace('_', '').upper() + 'XX')[:2]}{_signs(draw, HEX, 32)}"


def _shout(draw, resource):
    return f"{(resource or 'x')[0].upper()}0{_signs(draw, UPPER, 9)}"


def _ulid(draw, _):
    return "01" + draw.choice("HJK") + _signs(draw, CROCKFORD, 23)


def _constant(draw, _):
    return f"{draw.choice(words.SERVICES)}_{draw.choice(('token', 'key', 'password', 'url', 'secret', 'region'))}".upper()


def _day(draw):
    return date(2025, 1, 1) + timedelta(days=draw.randint(0, 600))


def _domain(draw, _):
    before = draw.choice(("", "", "www.", "shop.", "mail."))
    return f"{before}{draw.choice(words.COMPANIES)}.{draw.choice(('com', 'io', 'org', 'dev', 'co.uk'))}"


def _postcode(draw, _):
    district = f"{draw.choice('ENSW')}{draw.randint(1, 19)}"
    return f"{district} {draw.randint(1, 9)}{_signs(draw, 'ABDEFGH', 2)}"


def _project_key(draw, _):
    return draw.choice(words.NOUNS)[:draw.randint(3, 5)].upper()


def _flat(*choices):
    """A style whose values are one fixed list."""
    return lambda draw, _: draw.choice(choices)


# Style: (maker, word-like, pool size at least, at most). Word-like means a reader takes it for a word, not for an id.
STYLES = {
    "integer": (lambda draw, _: str(int(draw.paretovariate(0.45)) % 900_000 + 1), False, 200, 2500),
    "small_integer": (lambda draw, _: str(draw.randint(1, 900)), False, 60, 500),
    "long_integer": (lambda draw, _: str(draw.randint(10**11, 10**13)), False, 200, 2500),
    "snowflake": (lambda draw, _: str(draw.randint(10**17, 12 * 10**17)), False, 200, 2500),
    "decimal": (lambda draw, _: f"{draw.uniform(-90, 90):.4f}", False, 60, 300),
    "uuid": (lambda draw, _: str(uuid.UUID(int=draw.getrandbits(128), version=4)), False, 200, 3000),
    "object_id": (lambda draw, _: "65" + _signs(draw, HEX, 22), False, 200, 3000),
    "prefixed": (_prefixed, False, 200, 3000),
    "sid": (_sid, False, 100, 2000),
    "shout": (_shout, False, 100, 2000),
    "ulid": (_ulid, False, 200, 3000),
    "nanoid": (lambda draw, _: _signs(draw, BASE62 + "_-", 21), False, 200, 3000),
    "short_id": (lambda draw, _: _signs(draw, BASE62, draw.randint(6, 8)), False, 100, 1500),
    "sha1": (lambda draw, _: _signs(draw, HEX, 40), False, 100, 2000),
    "digest": (lambda draw, _: _signs(draw, HEX, 64), False, 60, 600),
    "labelled_digest": (lambda draw, _: "sha256:" + _signs(draw, HEX, 64), False, 60, 600),
    "date": (lambda draw, _: _day(draw).isoformat(), False, 30, 300),
    "compact_date": (lambda draw, _: _day(draw).strftime("%Y%m%d"), False, 30, 300),
    "year": (lambda draw, _: str(draw.randint(2001, 2026)), False, 10, 25),
    "month": (lambda draw, _: f"{draw.randint(1, 12):02}", False, 12, 12),
    "day": (lambda draw, _: f"{draw.randint(1, 28):02}", False, 28, 28),
    "time": (lambda draw, _: f"{_day(draw).isoformat()}T{draw.randint(0, 23):02}:00:00Z", False, 30, 300),
    "ip": (lambda draw, _: f"{draw.randint(11, 203)}.{draw.randint(0, 255)}.{draw.randint(0, 255)}.{draw.randint(1, 254)}",
           False, 40, 300),
    "email": (lambda draw, resource: f"{_username(draw, resource).lower()}@{draw.choice(words.COMPANIES)}.com", False, 60, 500),
    "advisory": (lambda draw, _: "GHSA" + "".join(f"-{_signs(draw, '23456789cfghjmpqrvwx', 4)}" for _ in range(3)),
                 False, 60, 400),
    "project_issue": (lambda draw, _: f"{_project_key(draw, '')}-{draw.randint(1, 2000)}", False, 100, 1500),
    "postcode": (_postcode, False, 40, 200),
    "boolean": (_flat("true", "false"), True, 2, 2),
    "version": (_version, True, 8, 40),
    "domain": (_domain, True, 30, 200),
    "locale": (_flat(*words.LOCALES), True, 6, 15),
    "country": (_flat(*words.COUNTRIES), True, 8, 30),
    "currency": (_flat(*words.CURRENCIES), True, 6, 13),
    "slug": (_slug, True, 30, 300),
    "username": (_username, True, 60, 400),
    "account": (_account, True, 15, 120),
    "project_key": (_project_key, True, 10, 40),
    "branch": (_branch, True, 20, 120),
    "file": (_file, True, 30, 200),
    "title": (_flat(*(title.replace("/", "_") for title in words.PAGE_TITLES)), True, 18, 25),
    "person": (_flat(*words.PEOPLE), True, 12, 22),
    "city": (_flat(*words.CITIES), True, 12, 30),
    "label": (_flat(*words.LABELS), True, 8, 13),
    "topic": (_flat(*words.TOPICS), True, 8, 20),
    "environment": (_flat(*words.ENVIRONMENTS), True, 4, 11),
    "plan": (_flat(*words.PLANS), True, 5, 14),
    "role": (_flat(*words.ROLES), True, 5, 14),
    "event": (_flat(*words.EVENTS), True, 5, 13),
    "service": (_flat(*words.SERVICES), True, 6, 15),
    "attribute": (_flat(*words.ATTRIBUTES), True, 8, 28),
    "constant": (_constant, True, 10, 50),
}

# Names that say what the value is; the first rule that finds its words at the end of the name wins.
NAME_RULES = [(re.compile(rf"(?:^|_)(?:{pattern})$"), style) for pattern, style in (
    ("locale|lang|language|languages|locales", "locale"),
    ("country|country_code|iso2?", "country"),
    ("currency|currency_code", "currency"),
    ("e?mail|email_address", "email"),
    ("ip|ip_address|ipv4", "ip"),
    ("domain|domain_name|hostname|host|fqdn", "domain"),
    ("year", "year"), ("month", "month"), ("day", "day"),
    ("lat|lon|latitude|longitude", "decimal"),
    ("date|start_date|end_date", "date"),
    ("start|end", "compact_date"),
    ("sha|commit|commit_sha|tree_sha|revision|commit_id", "sha1"),
    ("digest", "labelled_digest"),
    ("ghsa_id|advisory|advisory_id", "advisory"),
    ("hash|fingerprint|checksum", "sha1"),
    ("branch|ref|basehead|revspec|spec|ref_name|branch_name", "branch"),
    ("version|tag|tag_name|repository_tag", "version"),
    ("path|file_path|filepath|filename|file_name|logpath|archive|asset|object", "file"),
    ("title|page_title|page_name|article|word", "title"),
    ("city|town|place|region_name|(?<!_)(?:query|search|from|to)", "city"),
    ("artist|author|composer|director|person_name", "person"),
    ("label", "label"),
    ("owner|user|username|user_name|login|collaborator|selected_user|assignee|handle|actor|members?", "username"),
    ("org|organi[sz]ation|workspace|enterprise|company|tenant|realm|namespace|team|team_slug|group_slug"
     "|enterprise_team|account|account_slug|account_name|registry_name|group", "account"),
    ("project_key|project_id_or_key|project_key_or_id", "project_key"),
    ("issue_id_or_key|issue_key", "project_issue"),
    ("plan|tier|coupon|price_plan", "plan"),
    ("environment|environment_name|env|stage", "environment"),
    ("secret_name|variable_name|secret|variable", "constant"),
    ("role|role_name|permission|scope|capability|grant", "role"),
    ("topic|category|genre|theme", "topic"),
    ("event|event_type|metric|action", "event"),
    ("provider|provider_id|integration|connector|idp|service|service_slug|addon|addon_name|tool", "service"),
    ("field|field_key|property|property_key|property_name|attr|attribute|template_key|field_id_or_key|type|kind|mode"
     "|modes|types|feature|feature_key|entity|collection|table|status|granularity|direction", "attribute"),
    ("postcode|zip|postal_code", "postcode"),
    ("number|index|build_num|pos|position|page|width|height|z|severity|iid", "small_integer"),
    ("token|code", "short_id"),
    ("repo|repository|repo_slug|project|app|application|package|image|component|plugin|site|database|service_name"
     "|slug|name|alias|workflow", "slug"),
)]

FORMATS = {
    "uuid": "uuid", "date": "date", "date-time": "time", "email": "email", "idn-email": "email", "ipv4": "ip",
    "ip": "ip", "hostname": "domain", "int64": "integer", "int32": "integer", "double": "decimal", "float": "decimal",
    "uri-friendly-name": "slug", "ulid": "ulid",
}

# What a document's parameters use now and then instead of its house style.
VISITORS = ("uuid", "integer", "ulid", "short_id", "object_id", "nanoid", "prefixed", "snowflake")
FREE_TEXT = ("person", "city", "title")
FREE_TEXT_SHARE = 0.2


@dataclass
class Meaning:
    """What one parameter stands for, and the values it takes. The earlier a value, the more often it is drawn."""

    key: str
    name: str
    resource: str
    schema: dict
    style: str
    forbidden: set = field(default_factory=set)
    values: list = field(default_factory=list)
    cumulative: list = field(default_factory=list)

    @property
    def word_like(self):
        if self.style == "enum":
            return any(re.search(r"[A-Za-z]{2}", value) for value in self.values)
        return self.style in STYLES and STYLES[self.style][1]

    def draw_value(self, draw):
        return self.values[bisect(self.cumulative, draw.random() * self.cumulative[-1], 0, len(self.values) - 1)]


def meaning_key(name, literal_before):
    """Names that say nothing are told apart by the segment before them."""
    short = snake(name)
    return f"{snake(literal_before)}/{short}" if short in SAYS_NOTHING else short


class Identifiers:
    """All meanings of one document."""

    def __init__(self, document, uses, literals, seed):
        """`uses`: `(name, literal before, schema, literal siblings)` of each place a parameter stands."""
        self.document = document
        self.literals = sorted(word for word in literals if re.fullmatch(r"[a-z][a-z-]{2,15}", word))
        self.seed = seed
        self.strangers = []
        self.meanings = {}
        for name, literal_before, schema, siblings in uses:
            key = meaning_key(name, literal_before)
            if key not in self.meanings:
                self.meanings[key] = self._meaning(key, name, literal_before, schema)
            self.meanings[key].forbidden |= siblings
        self._promote()
        for meaning in self.meanings.values():
            self._fill(meaning)

    def of(self, name, literal_before):
        return self.meanings[meaning_key(name, literal_before)]

    def named(self, property_name):
        """The meaning a response property shares its name with, if any: `customer_id` is also `customer`."""
        short = snake(property_name)
        found = self.meanings.get(short) or self.meanings.get(short.removesuffix("_id"))
        if found is None and style_named(short) is None:
            found = self.meanings.get(f"{short}_id")
        return found

    def anonymous(self, draw):
        """An id of something no path names, in the house style."""
        if not self.strangers:
            house = self.document.identifiers
            maker = STYLES[house][0] if house in STYLES else _slug
            chance = self._chance("strangers")
            self.strangers = [maker(chance, "object") for _ in range(STRANGERS)]
        return draw.choice(self.strangers)

    def _chance(self, *about):
        return Random(":".join((str(self.seed), self.document.name, *about)))

    def _meaning(self, key, name, literal_before, schema):
        short = snake(name)
        resource = short
        for ending in ID_ENDINGS:
            resource = resource.removesuffix(ending)
        if short in SAYS_NOTHING:
            resource = singular(snake(literal_before))
        return Meaning(key, name, resource, schema, self._style(key, short, schema))

    def _style(self, key, short, schema):
        """What the schema declares goes before what the name suggests."""
        house = self.document.identifiers
        declared = declared_type(schema)
        if schema.get("enum") and any(value is not None for value in schema["enum"]):
            return "enum"
        if declared == "boolean":
            return "boolean"
        # `idLabel` is the id of a label, as `labelId` is: its last word does not say what it looks like.
        begins_with_id = short.startswith("id_") and not short.startswith("id_or_")
        named = None if begins_with_id else style_named(short)
        if declared in ("integer", "number"):
            if named in ("year", "month", "day", "decimal", "small_integer"):
                return named
            return "long_integer" if house == "long_integer" else "integer"
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        says_id = begins_with_id or short in ("id", "ids", "uuid", "gid", "sid", "uid") or short.endswith(ID_ENDINGS)
        if short.endswith("uuid"):
            return "uuid"
        if named == "slug" and house != "slug" and short.endswith("name") and "repo" not in short:
            # Where people type names freely, some products get more than slugs.
            chance = self._chance("free text", key)
            return chance.choice(FREE_TEXT) if chance.random() < FREE_TEXT_SHARE else "slug"
        if named and not (house == "prefixed" and named in ("account", "username", "file", "slug", "role")):
            return named
        if not says_id and house not in ("prefixed", "sid"):
            return "slug"
        if house in STYLES and self._chance("style", key).random() < HOUSE_SHARE:
            return house
        return self._chance("visitor", key).choice(VISITORS)

    def _promote(self):
        """Turns ids into slugs until the share of word-like parameters is reached.

        Only where the document leaves the value open, and names that do not end in `id` first: users choose
        the names of coupons and plans more often than those of orders.
        """
        def word_like(meaning):
            return meaning.style == "enum" or STYLES[meaning.style][1]

        missing = WORD_LIKE_SHARE_MIN * len(self.meanings) - sum(map(word_like, self.meanings.values()))
        open_ones = [meaning for meaning in self.meanings.values()
                     if meaning.style in VISITORS + ("sid", "shout", "digest", "long_integer", "small_integer")
                     and declared_type(meaning.schema) == "string" and not meaning.schema.get("format")
                     and not meaning.schema.get("pattern") and "uuid" not in snake(meaning.name)]
        open_ones.sort(key=lambda it: (snake(it.name).endswith(ID_ENDINGS), self._chance("promote", it.key).random()))
        for meaning in open_ones[:max(0, int(missing + 0.999))]:
            meaning.style = "slug"

    def _fill(self, meaning):
        draw = self._chance("pool", meaning.key)
        pattern = meaning.schema.get("pattern")
        if meaning.style == "enum":
            values = [_text(value) for value in meaning.schema["enum"] if value not in (None, "")]
        else:
            maker, word_like, least, most = STYLES[meaning.style]
            size = min(draw.randint(least, most), POOL_MAX)
            values = self._made(meaning, draw, maker, word_like, size, pattern)
        # A value that equals a literal beside the parameter would be another endpoint; kept only if all do.
        allowed = [value for value in dict.fromkeys(values) if value and value not in meaning.forbidden]
        meaning.values = allowed or list(dict.fromkeys(values)) or ["default"]
        weights = (1 / rank ** ZIPF_EXPONENT for rank in range(1, len(meaning.values) + 1))
        meaning.cumulative = list(itertools.accumulate(weights))

    def _made(self, meaning, draw, maker, word_like, size, pattern):
        """Up to `size` values. A pattern that the style's values hardly ever fit decides instead of the style."""
        natural = [maker(draw, meaning.resource) for _ in range(NATURAL_TRIES)]
        if pattern and not sum(patterns.fits(pattern, value) for value in natural) > NATURAL_TRIES / 4:
            made = [patterns.matching(pattern, draw) for _ in range(size)]
            return [value for value in made if value] or natural
        values = {}
        for _ in range(size * 3):
            value = maker(draw, meaning.resource)
            if word_like and size > 20 and self.literals and draw.random() < COLLISION_SHARE:
                literal = draw.choice(self.literals)
                value = draw.choice((literal, f"{literal}-team", f"my-{literal}", f"{literal}2"))
            if pattern and not patterns.fits(pattern, value):
                continue
            values[value] = True
            if len(values) >= size:
                break
        return list(values)


@lru_cache(maxsize=NAMES_KEPT_MAX)
def style_named(short):
    """The style that a name in `snake` form asks for, if it says anything."""
    return next((style for rule, style in NAME_RULES if rule.search(short)), None)


def declared_type(schema):
    """The type a schema declares, `null` aside; a schema that declares none counts as text."""
    declared = schema.get("type", "string")
    if isinstance(declared, list):
        declared = next((one for one in declared if one != "null"), "string")
    return declared


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)
