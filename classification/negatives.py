"""Writes fields that hold nothing personal, labelled null: one JSON object a line, as generate.py does.

    negatives.py dev|held-out PATH [CORPUS.jsonl.gz ...]
    negatives.py personal PATH CORPUS.jsonl.gz ...
    negatives.py traffic PATH CORPUS.jsonl.gz ...

`personal` writes the real fields that the others leave out; `traffic` writes all fields of other corpora.

The splits have other seeds, and other hosts and paths of the real requests.

Made up: 10,000 numbers with a right Luhn digit that are no cards (orders, tracking numbers, invoices, IMEIs under a name of
their own, ids, timestamps), as fields of one value and again as fields of ten; random numbers, hashes, UUIDs, versions,
prices, moments.

Real: requests to public APIs, recorded or from API descriptions, as gzip'd JSON lines with `path_and_query` and
`body_b64`. Each JSON path, form field or query parameter with its values is one field. A field is *left out*, that is counted
neither for nor against, if it is plainly a person's or a secret, because nobody labelled it:

* a word of the last part of its path is one of PERSONAL, or it is the `name` under one of them, or
* a value is an e-mail address, or a text with one in it.

Everything is labelled null, and has as `read` what judged.tsv says: fields that were told to hold something were read one by
one, and those that do hold it (`cardholder_name`: JOHN CUSTOMER) stand there. What is told and does not stand there counts as
wrong, placeholders too (`receiverName`: string).
"""

import base64
import collections
import gzip
import hashlib
import json
import os
import random
import re
import sys
import urllib.parse
import uuid
import zlib

R = random.Random()
SYNTHETIC = ["dev", "held-out"]
SEED = {"dev": 17, "held-out": 4_242, "personal": 1, "traffic": 1}
SEEN_MAX = 50

PERSONAL = set(
    "email mail login username firstname lastname fullname familyname givenname nickname displayname phone mobile fax telephone tel "
    "street address addr line1 line2 city town zip postal postcode zipcode lat lng lon latitude longitude coordinates location ip birth "
    "birthday dob gender sex age ssn password passwd pwd secret token apikey key session sid pin otp card cvv iban bic swift vat passport "
    "licence license vin plate imei imsi mac useragent auth authorization credential credentials nationality religion salary diagnosis "
    "patient author committer owner pusher holder customer contact user".split()
)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def is_personal(path):
    """Whether a word of the last part of the path, or two beside each other, are in PERSONAL; `user.name`, too."""
    parts = [it for it in re.split(r"[.\[\]*$]+", path) if it]
    words = [it.lower() for it in WORD.findall(parts[-1])] if parts else []
    words += [a + b for a, b in zip(words, words[1:])]
    above = [it.lower() for it in WORD.findall(parts[-2])] if len(parts) > 1 else []
    return any(it in PERSONAL for it in words) or words == ["name"] and any(it in PERSONAL for it in above)


EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")


def judged():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "judged.tsv")) as lines:
        known = collections.defaultdict(list)
        for line in lines:
            if not line.startswith("#"):
                path, name = line.rstrip("\n").split("\t")
                known[path].append(name)
        return known


def luhned(body):
    total = sum(sum(divmod(int(c) * (2 if n % 2 == 0 else 1), 10)) for n, c in enumerate(reversed(body)))
    return body + str(-total % 10)


def digits(count):
    return "".join(R.choice("0123456789") for _ in range(count))


def in_card_range():
    """Half of them have the length and the beginning of a card, too: what is left to tell them is the name."""
    return R.choice(["4" + digits(14), "5" + R.choice("12345") + digits(13), "37" + digits(12), "6011" + digits(11)])


LUHN_NAMES = [
    "order_number", "orderId", "order_no", "tracking_number", "trackingId", "invoice_number", "invoiceNo", "id", "item_id",
    "sku", "transaction_id", "reference_number", "ticket_number", "timestamp", "created", "shipment_id", "receipt_no",
    "request_id", "product_code", "message_id", "bestellnummer", "numero_pedido", "numero_commande", "serial_number",
]


def luhn_fields():
    numbers = [luhned(in_card_range() if n % 2 else digits(R.choice([12, 13, 14, 15, 17, 18]))) for n in range(9_000)]
    imeis = [luhned("35" + digits(12)) for _ in range(1_000)]
    for number in numbers:
        yield R.choice(LUHN_NAMES), [number], "luhn-single"
    for number in numbers + imeis:
        yield R.choice(["value", "number", "data", "n"]), [number], "luhn-nameless"
    for number in imeis:
        yield R.choice(["id", "serial", "unit_number", "asset_tag"]), [number], "luhn-single"
    for at in range(0, len(numbers), 10):
        yield R.choice(LUHN_NAMES), numbers[at:at + 10], "luhn-ten"


def made_fields():
    hexes = "0123456789abcdef"
    makers = [
        (["id", "objectId", "parent_id", "data", "value", "val"], lambda: digits(R.randrange(5, 19))),
        (["sha", "commit", "checksum", "etag", "value", "digest"], lambda: hashlib.sha1(R.randbytes(8)).hexdigest()),
        (["hash", "sha256", "fingerprint"], lambda: hashlib.sha256(R.randbytes(8)).hexdigest()),
        (["md5", "content_hash", "raw"], lambda: hashlib.md5(R.randbytes(8)).hexdigest()),
        (["uuid", "id", "request_id", "result", "correlationId"], lambda: str(uuid.UUID(int=R.getrandbits(128)))),
        (["version", "app_version", "release", "firmware_version", "build"], lambda: ".".join(str(R.randrange(0, 30)) for _ in range(R.choice([3, 4])))),
        (["price", "amount", "total", "value", "balance"], lambda: f"{R.uniform(0, 5_000):.2f}"),
        (["timestamp", "created_at", "ts", "time", "value"], lambda: str(R.randrange(1_300_000_000, 1_800_000_000))),
        (["timestamp_ms", "updatedAt", "eventTime", "value"], lambda: str(R.randrange(1_300_000_000_000, 1_800_000_000_000))),
        (["created_at", "updated_at", "due", "published", "date"], lambda: f"20{R.randrange(10, 30)}-{R.randrange(1, 13):02}-{R.randrange(1, 29):02}T{R.randrange(24):02}:{R.randrange(60):02}:{R.randrange(60):02}Z"),
        (["start_date", "end_date", "release_date", "valid_from"], lambda: f"20{R.randrange(10, 30)}-{R.randrange(1, 13):02}-{R.randrange(1, 29):02}"),
        (["status", "state", "type", "kind", "level"], lambda: R.choice(["open", "closed", "pending", "active", "ERROR", "Draft", "PUBLISHED"])),
        (["name", "product_name", "title", "label"], lambda: " ".join(R.choice(["Blue", "Large", "Classic", "Steel", "Cotton", "Smart", "Mini", "Garden", "Leather", "Winter"]) for _ in range(2)) + " " + R.choice(["Shirt", "Table", "Lamp", "Chair", "Watch", "Hat", "Bag", "Kettle"])),
        (["isbn", "isbn13", "ean", "barcode"], lambda: "978" + digits(10)),
        (["count", "total_count", "size", "offset", "quantity", "score"], lambda: str(R.randrange(0, 100_000))),
        (["x", "y", "width", "height", "ratio", "weight", "value"], lambda: f"{R.uniform(-400, 4_000):.4f}"),
        (["slug", "path", "file", "branch"], lambda: "-".join(R.choice(["fix", "add", "main", "feature", "login", "api", "v2", "docs"]) for _ in range(3))),
        (["color", "colour", "background"], lambda: "#" + "".join(R.choice(hexes) for _ in range(6))),
        (["node_id", "cursor", "page_token", "next", "blob"], lambda: base64.b64encode(R.randbytes(R.randrange(9, 40))).decode()),
        (["language", "locale", "currency", "country"], lambda: R.choice(["en", "de-DE", "fr", "EUR", "USD", "GB", "en_US"])),
        (["phone_model", "phone_count", "card_type", "email_verified", "address_count", "password_length", "token_type", "name_length", "ip_version"], lambda: R.choice(["1", "2", "17", "true", "bearer", "visa", "A52", "v4"])),
        (["duration", "time", "at"], lambda: f"{R.randrange(24):02}:{R.randrange(60):02}:{R.randrange(60):02}"),
        (["field", "data", "attr", "input"], lambda: "".join(R.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(R.randrange(8, 13)))),
    ]
    for names, make in makers:
        for _ in range(60):
            yield R.choice(names), [make() for _ in range(R.choice([1, 3, 8, 20]))], "made"


def walk(value, path, found):
    if isinstance(value, dict):
        for key, inner in value.items():
            walk(inner, f"{path}.{key}", found)
    elif isinstance(value, list):
        for inner in value:
            walk(inner, f"{path}[*]", found)
    elif value is not None:
        text = {True: "true", False: "false"}.get(value, None) if isinstance(value, bool) else str(value)
        if len(found[path]) < SEEN_MAX:
            found[path].append(text)


def real_fields(corpus, split):
    found = collections.defaultdict(list)
    source = corpus.split("/")[-1].split(".")[0]
    for line in gzip.open(corpus, "rt"):
        it = json.loads(line)
        # Texts that were put into a field of our own choosing are no field of an API.
        if it.get("label") != "benign" or it.get("placement") not in ("recorded", "spec-example", "gql-doc"):
            continue
        # The same path of two APIs is two fields.
        host = next((value for name, value in it["headers"] if name.lower() == "host"), "")
        target, _, query = it["path_and_query"].partition("?")
        at = host + " " + "/".join(target.split("/")[:3])
        if split != "traffic" and zlib.crc32(at.encode()) % 2 == (split == "dev"):
            continue
        for name, value in urllib.parse.parse_qsl(query):
            walk(value, f"{at}\x00{name}", found)
        body = base64.b64decode(it["body_b64"])
        try:
            walk(json.loads(body), f"{at}\x00$", found)
        except ValueError:
            if b"=" in body and b"\n" not in body:
                for name, value in urllib.parse.parse_qsl(body.decode("latin-1")):
                    walk(value, f"{at}\x00{name}", found)
    left_out, known = 0, judged()
    for path, values in found.items():
        name = path.split("\x00")[1]
        if split != "traffic" and (is_personal(name) or any(EMAIL.search(it) for it in values)):
            left_out += 1
            if split == "personal":
                yield name, values, source, known.get(name, [])
        elif split != "personal":
            yield name, values, source, known.get(name, [])
    print(f"{source}: {len(found) - left_out} fields, {left_out} left out", file=sys.stderr)


def main():
    split, path, *corpora = sys.argv[1:]
    R.seed(SEED[split])
    with open(path, "w") as out:
        def write(fields):
            for name, values, kind, *label in fields:
                line = {"field": name, "values": values, "class": None, "read": next(iter(label), []), "kind": kind}
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
        if split in SYNTHETIC:
            write(luhn_fields())
            write(made_fields())
        for corpus in corpora:
            write(real_fields(corpus, split))


if __name__ == "__main__":
    main()
