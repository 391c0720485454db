"""Writes labelled fields with made-up data: one JSON object a line, {"field", "values", "class", "kind"}.

Names, addresses, telephone numbers and much else come from Faker; numbers with check digits are drawn at random until
python-stdnum, which knows nothing of this project, accepts them, so that both must agree on the rule. The classes in
OWN_RULE have no such judge: their rule is written here a second time, from the same sources as the classifier's.

    generate.py dev|held-out|standards PATH

The splits have other locales, other seeds, other field names (names.py). What is tuned is tuned on `dev`. `standards` has
the locales of `held-out` under names that standards chose.
"""

import base64
import hashlib
import json
import random
import string
import sys
import uuid
import zlib
from datetime import date, timedelta

from faker import Faker
from stdnum import iban, imei, luhn, verhoeff
from stdnum.ar import cuit
from stdnum.at import vnr
from stdnum.au import tfn
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.br import cnpj, cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.eu import vat
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.il import idnr as il_idnr
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.th import pin
from stdnum.tr import tckimlik
from stdnum.us import ein, itin, rtn, ssn
from stdnum.za import idnr as za_idnr
from stdnum.jp import in_ as my_number

from names import DEV, HELD_OUT, NEUTRAL_DEV, NEUTRAL_HELD_OUT, STANDARDS

LOCALES = {
    "dev": ["en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "fi_FI", "ja_JP", "ru_RU"],
    "held-out": [
        "en_GB", "en_CA", "en_IN", "en_AU", "de_AT", "de_CH", "fr_CH", "es_MX", "es_AR", "es_CL", "pt_BR", "pt_PT",
        "sv_SE", "da_DK", "no_NO", "cs_CZ", "tr_TR", "ro_RO", "hr_HR", "zh_CN", "ko_KR", "el_GR",
    ],
}
LOCALES["standards"] = LOCALES["held-out"]
SEED = {"dev": 11, "held-out": 65_537, "standards": 104_729}
FIELDS = {"dev": 60, "held-out": 150, "standards": 60}

# Classes that values alone show: some of their fields have a name that says nothing.
SELF_EVIDENT = [
    "email", "iban", "jwt", "private_key", "api_key", "connection_string", "signed_url", "password_hash", "ip_address",
    "mac_address", "geo_point", "passport_mrz", "it_codice_fiscale", "mx_curp", "cn_resident_id", "user_agent",
    "free_text_personal", "fi_hetu",
]
# Many values are needed to tell these without a name.
EVIDENT_IN_NUMBERS = ["payment_card", "no_fodselsnummer", "ch_ahv", "fr_nir", "uk_nino", "br_cpf", "de_tax_id"]

OWN_RULE = [
    "uk_nino", "de_id_card", "sg_nric", "tw_id", "hk_id", "us_mbi", "us_npi", "us_dea", "de_kvnr", "au_medicare",
    "passport", "passport_mrz", "driver_licence", "licence_plate", "vehicle_vin", "imsi", "iccid", "api_key",
]

R = random.Random()
F = {}


def digits(count):
    return "".join(R.choice(string.digits) for _ in range(count))


def made(template):
    """`9` a digit, `A` a capital, `X` either, anything else itself."""
    return "".join(
        R.choice(string.digits) if c == "9" else R.choice(string.ascii_uppercase) if c == "A"
        else R.choice(string.ascii_uppercase + string.digits) if c == "X" else c
        for c in template
    )


def until(is_valid, make):
    for _ in range(200_000):
        it = make()
        if is_valid(it):
            return it
    raise RuntimeError(f"nothing passes {is_valid.__module__}")


def is_chinese(number):
    try:
        return ric.is_valid(number)
    except KeyError:  # A place that its table has without a county.
        return False


def born(form="%y%m%d"):
    return (date(1930, 1, 1) + timedelta(days=R.randrange(27_000))).strftime(form)


def faker():
    return F[R.choice(list(F))]


def spaced(text, *cuts, by=" "):
    parts, at = [], 0
    for cut in cuts:
        parts.append(text[at:at + cut])
        at += cut
    return by.join(parts + [text[at:]] if at < len(text) else parts)


def either(*made):
    return R.choice(made)


def luhned(body):
    return body + luhn.calc_check_digit(body)


def icao(text):
    value = lambda c: int(c) if c.isdigit() else 0 if c == "<" else ord(c) - 55
    return str(sum(value(c) * w for c, w in zip(text, [7, 3, 1] * 20)) % 10)


def nino():
    pair = until(lambda it: it not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ"),
                 lambda: R.choice("ABCEGHJKLMNOPRSTWXYZ") + R.choice("ABCEGHJKLMNPRSTWXYZ"))
    it = pair + digits(6) + R.choice("ABCD")
    return either(it, spaced(it, 2, 2, 2, 2, 1))


def de_id_card():
    body = R.choice("LMNPRTVWXYCFGHJK") + "".join(R.choice("0123456789CFGHJKLMNPRTVWXYZ") for _ in range(8))
    return body + icao(body)


def nric():
    series, body = R.choice("STFG"), digits(7)
    total = sum(int(c) * w for c, w in zip(body, (2, 7, 6, 5, 4, 3, 2))) + (4 if series in "TG" else 0)
    return series + body + ("JZIHGFEDCBA" if series in "ST" else "XWUTRQPNMLK")[total % 11]


def tw_id():
    letter = R.choice("ABCDEFGHJKLMNPQRSTUVXYWZIO")
    n = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter)
    body = R.choice("12") + digits(7)
    total = n // 10 + n % 10 * 9 + sum(int(c) * w for c, w in zip(body, range(8, 0, -1)))
    return letter + body + str(-total % 10)


def hk_id():
    letter, body = R.choice(string.ascii_uppercase), digits(6)
    total = 36 * 9 + (ord(letter) - 55) * 8 + sum(int(c) * w for c, w in zip(body, range(7, 1, -1)))
    check = "0123456789A"[-total % 11]
    return either(f"{letter}{body}({check})", f"{letter}{body}{check}")


def mbi():
    letters = "ACDEFGHJKMNPQRTUVWXY"
    kinds = [string.digits[1:], letters, letters + string.digits, string.digits, letters, letters + string.digits,
             string.digits, letters, letters, string.digits, string.digits]
    it = "".join(R.choice(kind) for kind in kinds)
    return either(it, spaced(it, 4, 3, 4, by="-"))


def npi():
    return until(lambda it: luhn.is_valid("80840" + it), lambda: R.choice("12") + digits(9))


def dea():
    body = digits(6)
    odd, even = sum(map(int, body[::2])), sum(map(int, body[1::2]))
    return R.choice("ABFGM") + R.choice(string.ascii_uppercase) + body + str((odd + 2 * even) % 10)


def kvnr():
    letter, body = R.choice(string.ascii_uppercase), digits(8)
    all_digits = f"{ord(letter) - 64:02}" + body
    total = sum(sum(divmod(int(c) * (1 + n % 2), 10)) for n, c in enumerate(all_digits))
    return letter + body + str(total % 10)


def medicare():
    body = R.choice("23456") + digits(7)
    check = sum(int(c) * w for c, w in zip(body, (1, 3, 7, 9, 1, 3, 7, 9))) % 10
    it = body + str(check) + R.choice("123456789")
    return either(it, spaced(it, 4, 5, 1))


def mrz():
    who = "<<".join(F["en"].last_name().upper() + "<<" + F["en"].first_name().upper() for _ in range(1)).replace("'", "")
    if R.random() < 0.5:
        return ("P<" + R.choice(["D<<", "USA", "FRA", "UTO"]) + who + "<" * 44)[:44]
    number, day, until_day = made("A99X99X99"), born(), f"{R.randrange(27, 40)}{born()[2:]}"
    return f"{number}{icao(number)}UTO{day}{icao(day)}{R.choice('MF')}{until_day}{icao(until_day)}" + "<" * 14 + "<" + R.choice(string.digits)


def vin():
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    value = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789",
                     [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9, *range(10)]))
    it = [R.choice(letters + string.digits) for _ in range(13)] + list(digits(4))
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    it[8] = "0123456789X"[sum(value[c] * w for c, w in zip(it, weights)) % 11]
    return "".join(it)


def token(count, alphabet=string.ascii_letters + string.digits):
    return "".join(R.choice(alphabet) for _ in range(count))


HEX = "0123456789abcdef"
URL = string.ascii_letters + string.digits + "-_"


def github(prefix):
    body, base = token(30), string.digits + string.ascii_uppercase + string.ascii_lowercase
    rest, text = zlib.crc32(body.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        text = base[digit] + text
    return prefix + body + text


def vendor_key():
    """Forms as the vendors document them; nothing here was ever given out."""
    capitals = string.ascii_uppercase + string.digits
    return R.choice([
        lambda: "AKIA" + token(16, string.ascii_uppercase + "234567"),
        lambda: "AIza" + token(35, URL),
        lambda: github(R.choice(["ghp_", "gho_", "ghs_", "npm_"])),
        lambda: "github_pat_" + token(22) + "_" + token(59),
        lambda: "glpat-" + token(20, URL),
        lambda: R.choice(["sk_live_", "rk_live_", "sk_test_"]) + token(R.choice([24, 99])),
        lambda: f"xoxb-{digits(12)}-{digits(12)}-{token(24)}",
        lambda: f"xoxp-{digits(12)}-{digits(12)}-{digits(12)}-{token(32, HEX)}",
        lambda: "SG." + token(22, URL) + "." + token(43, URL),
        lambda: "SK" + token(32, HEX),
        lambda: "shpat_" + token(32, HEX),
        lambda: "sq0csp-" + token(43, URL),
        lambda: "sk-proj-" + token(48, URL) + "T3BlbkFJ" + token(48, URL),
        lambda: "sk-ant-api03-" + token(93, URL) + "AA",
        lambda: "hf_" + token(34, string.ascii_letters),
        lambda: "dop_v1_" + token(64, HEX),
        lambda: "key-" + token(32, HEX),
        lambda: token(32, HEX) + "-us" + str(R.randrange(1, 22)),
        lambda: digits(10) + ":AA" + token(33, URL),
        lambda: "lin_api_" + token(40),
        lambda: "ntn_" + token(46),
        lambda: "figd_" + token(40, URL),
        lambda: "pscale_tkn_" + token(43, URL),
        lambda: "sbp_" + token(40, HEX),
        lambda: "dp.pt." + token(43),
        lambda: "hvs." + token(24, URL) + token(66, URL),
        lambda: token(14) + ".atlasv1." + token(67),
        lambda: "pul-" + token(40, HEX),
        lambda: "NRAK-" + token(27, capitals),
        lambda: "glsa_" + token(32) + "_" + token(8, HEX),
        lambda: "PMAK-" + token(24, HEX) + "-" + token(34, HEX),
        lambda: "dapi" + token(32, HEX),
        lambda: "rubygems_" + token(48, HEX),
        lambda: "cio" + token(32),
        lambda: "oy2" + token(43, string.ascii_lowercase + string.digits),
        lambda: "dckr_pat_" + token(27, URL),
        lambda: "pypi-AgEIcHlwaS5vcmc" + token(90, URL),
        lambda: "AGE-SECRET-KEY-1" + token(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
        lambda: "access-sandbox-" + str(uuid.UUID(int=R.getrandbits(128))),
        lambda: "rzp_live_" + token(14),
        lambda: "sntrys_" + base64.b64encode(token(90).encode()).decode(),
        lambda: "gsk_" + token(52),
        lambda: "r8_" + token(37),
        lambda: "vcp_" + token(24),
        lambda: "xkeysib-" + token(64, HEX) + "-" + token(16),
        lambda: "re_" + token(8) + "_" + token(24),
        lambda: "dt0c01." + token(24, capitals) + "." + token(64, capitals),
        lambda: "LTAI" + token(20),
        lambda: "nfp_" + token(36),
        lambda: "CCIPAT_" + token(22) + "_" + token(40, HEX),
    ])()


def jwt():
    part = lambda it: base64.urlsafe_b64encode(it if isinstance(it, bytes) else json.dumps(it).encode()).decode().rstrip("=")
    head = {"alg": R.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"}
    if R.random() < 0.5:
        head = {"kid": token(8), **head}
    return f"{part(head)}.{part({'sub': digits(8), 'exp': 1_700_000_000})}.{part(R.randbytes(R.choice([32, 64, 256])))}"


def private_key():
    kind = R.choice(["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"])
    body = base64.b64encode(R.randbytes(R.choice([118, 600, 1_190]))).decode()
    lines = "\n".join(body[n:n + 64] for n in range(0, len(body), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


def password_hash():
    text = string.ascii_letters + string.digits + "./"
    return R.choice([
        lambda: f"$2b$12${token(53, text)}",
        lambda: f"$argon2id$v=19$m=65536,t=3,p=4${token(22, text)}${token(43, text)}",
        lambda: f"pbkdf2_sha256$600000${token(22)}${token(43)}=",
        lambda: f"$6${token(16, text)}${token(86, text)}",
        lambda: f"scrypt:32768:8:1${token(16)}${token(128, HEX)}",
    ])()


def free_text():
    fake = F[R.choice(list(F))]
    part = R.choice([
        lambda: fake.email(), lambda: fake.email(), lambda: F["en"].email(),
        lambda: f"+{R.choice(['1415', '4930', '3314', '551198'])}{digits(7)}",
        lambda: f"({R.randrange(201, 990)}) {R.randrange(200, 999)}-{digits(4)}",
        lambda: luhned("4" + digits(14)), lambda: spaced(luhned("5" + R.choice("12345") + digits(13)), 4, 4, 4, 4),
        lambda: F["en"].iban(), lambda: F["us"].ssn(),
    ])()
    words = fake.sentence(R.randrange(8, 20)).rstrip(".").split(" ")
    words = words if len(words) > 5 else F["en"].sentence(12).rstrip(".").split(" ")
    words.insert(R.randrange(len(words)), part + R.choice(["", ",", "."]) if R.random() < 0.5 else part)
    return " ".join(words) + "."


def address(fake):
    text = fake.address()
    return text.replace("\n", R.choice([", ", "\n"])) if R.random() < 0.7 else text


def coordinate(name):
    text = f"{R.uniform(-85, 85):.{R.randrange(4, 8)}f}"
    return f"{R.uniform(-179, 179):.{R.randrange(4, 8)}f}" if "lo" in name or "lng" in name else text


def rut_number():
    body = str(R.randrange(4_000_000, 26_000_000))
    whole = body + rut.calc_check_digit(body)
    return either(rut.format(whole), body + "-" + whole[-1])


def card():
    number = F["us"].credit_card_number(card_type=R.choice(["visa16", "mastercard", "amex", "discover", "jcb16", "diners"]))
    return spaced(number, 4, 4, 4, 4) if len(number) == 16 and R.random() < 0.25 else number


def vat_id():
    fake = faker()
    if hasattr(fake, "vat_id"):
        it = fake.vat_id()
        if vat.is_valid(it):
            return it.replace(" ", "")
    return until(vat.is_valid, lambda: either("DE" + digits(9), "ATU" + digits(8), "PL" + digits(10), "DK" + digits(8),
                                              "FI" + digits(8), "IT" + digits(11)))


def fin_date(form):
    return born(form)


def valid(module, *templates):
    return lambda: until(module.is_valid, lambda: made(R.choice(templates)))


def of_day(module, make):
    return lambda: until(module.is_valid, make)


def username(fake):
    return F["en"].user_name() if not fake.user_name().isascii() else fake.user_name()


def maker(name, split):
    """Class -> what makes one value for a field of this name."""
    fake = faker()
    one_key = R.random()
    device = R.random()
    return {
        "full_name": fake.name,
        "first_name": fake.first_name,
        "last_name": fake.last_name,
        "username": lambda: username(fake),
        "birth_date": lambda form=R.choice(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%dT00:00:00Z"]): born(form),
        "birth_place": fake.city,
        "age": lambda: str(R.randrange(1, 100)),
        "gender": lambda kind=R.choice([["male", "female"], ["M", "F"], ["Male", "Female", "Non-binary"], ["m", "w", "d"], ["homme", "femme"]]): R.choice(kind),
        "nationality": lambda kind=R.random(): fake.country() if kind < 0.5 else fake.country_code(),
        "marital_status": lambda kind=R.choice([["single", "married", "divorced", "widowed"], ["ledig", "verheiratet", "geschieden"], ["soltero", "casada", "viudo"]]): R.choice(kind),
        "ethnicity": lambda: R.choice(["Hispanic or Latino", "White", "Black or African American", "Asian", "Native Hawaiian", "Roma", "Sami", "Han"]),
        "religion": lambda: R.choice(["Catholic", "Protestant", "Muslim", "Jewish", "Hindu", "Buddhist", "none stated", "Sikh", "Orthodox", "evangelisch"]),
        "job_title": fake.job,
        "salary": lambda: either(str(R.randrange(18_000, 250_000)), f"{R.randrange(18_000, 250_000)}.00", f"${R.randrange(18, 250)},000"),
        "free_text_personal": free_text,
        "email": lambda: fake.email(),
        "phone": fake.phone_number,
        "postal_address": lambda: address(fake),
        "street": fake.street_address,
        "city": fake.city,
        "postal_code": fake.postcode,
        "us_ssn": lambda kind=R.random(): F["us"].ssn() if kind < 0.7 else F["us"].ssn().replace("-", ""),
        "us_itin": lambda: itin.format(until(itin.is_valid, lambda: "9" + digits(8))),
        "us_ein": lambda: ein.format(until(ein.is_valid, lambda: digits(9))),
        "uk_nino": nino,
        "ie_pps": valid(pps, "9999999A", "9999999AA"),
        "de_tax_id": of_day(idnr, lambda: doubled() + digits(1)),
        "de_id_card": de_id_card,
        "fr_nir": of_day(nir, lambda: (lambda it: it + f"{97 - int(it) % 97:02}")(R.choice("12") + born("%y%m") + f"{R.randrange(1, 95):02}" + digits(6))),
        "es_dni": lambda: either(until(dni.is_valid, lambda: made("99999999A")), until(nie.is_valid, lambda: R.choice("XYZ") + made("9999999A"))),
        "it_codice_fiscale": lambda: F["it"].ssn(),
        "pt_nif": valid(nif, "999999999"),
        "nl_bsn": valid(bsn, "999999999"),
        "be_national_number": lambda kind=R.random(): (lambda it: nn.format(it) if kind < 0.5 else it)((lambda it: it + f"{97 - int(it) % 97:02}")(born() + f"{R.randrange(1, 998):03}")),
        "ch_ahv": lambda: (lambda it: ahv.format(it))(until(ahv.is_valid, lambda: "756" + digits(10))),
        "at_svnr": of_day(vnr, lambda: R.choice("123456789") + digits(3) + born("%d%m%y")),
        "pl_pesel": of_day(pesel, lambda: born() + digits(5)),
        "cz_rodne_cislo": lambda: rc.format(until(rc.is_valid, lambda: born() + digits(4))),
        "ro_cnp": of_day(cnp, lambda: R.choice("12") + born() + f"{R.randrange(1, 47):02}" + digits(4)),
        "bg_egn": of_day(egn, lambda: born() + digits(4)),
        "hr_oib": valid(oib, "99999999999"),
        "ee_isikukood": of_day(ik, lambda: R.choice("34") + born() + digits(4)),
        "gr_amka": of_day(amka, lambda: born("%d%m%y") + digits(5)),
        "se_personnummer": lambda kind=R.random(): until(personnummer.is_valid, lambda: born() + "-" + digits(4) if kind < 0.6 else born("%Y%m%d") + digits(4)),
        "no_fodselsnummer": of_day(fodselsnummer, lambda: born("%d%m%y") + digits(5)),
        "dk_cpr": lambda kind=R.random(): (lambda it: it if kind < 0.5 else it[:6] + "-" + it[6:])(until(cpr.is_valid, lambda: born("%d%m%y") + digits(4))),
        "fi_hetu": of_day(hetu, lambda: born("%d%m%y") + "-" + made("999X")),
        "tr_tckn": of_day(tckimlik, lambda: R.choice("123456789") + digits(10)),
        "il_id": valid(il_idnr, "999999999"),
        "za_id": of_day(za_idnr, lambda: born() + digits(4) + "08" + digits(1)),
        "br_cpf": lambda kind=R.random(): (lambda it: cpf.format(it) if kind < 0.6 else it)(until(cpf.is_valid, lambda: digits(11))),
        "br_cnpj": lambda: (lambda body: cnpj.format(body + cnpj.calc_check_digits(body)))(digits(8) + "0001"),
        "cl_rut": rut_number,
        "ar_cuil": lambda: (lambda it: either(it, cuit.format(it)))(until(cuit.is_valid, lambda: R.choice(["20", "23", "27", "30"]) + digits(9))),
        "mx_curp": lambda: (lambda it: it)(F["mx"].curp()),
        "ca_sin": lambda: either(*(lambda it: (it, sin.format(it)))(until(sin.is_valid, lambda: R.choice("1234567") + digits(8)))),
        "au_tfn": lambda: either(*(lambda it: (it, tfn.format(it)))(until(tfn.is_valid, lambda: digits(9)))),
        "in_aadhaar": lambda: either(*(lambda it: (it, aadhaar.format(it)))(until(aadhaar.is_valid, lambda: R.choice("23456789") + digits(11)))),
        "in_pan": of_day(pan, lambda: made("AAA") + "P" + made("A9999A")),
        "cn_resident_id": lambda: until(is_chinese, F["cn"].ssn),
        "jp_my_number": valid(my_number, "999999999999"),
        "kr_rrn": lambda: rrn.format(until(rrn.is_valid, lambda: born() + R.choice("12") + digits(6))),
        "sg_nric": nric,
        "tw_id": tw_id,
        "hk_id": hk_id,
        "th_id": valid(pin, "9999999999999"),
        "passport": lambda kind=R.choice(["999999999", "A9999999", "AA9999999", "99AA99999", "A99X99X99"]): made(kind),
        "passport_mrz": mrz,
        "driver_licence": lambda kind=R.choice(["A9999999", "A999-9999-9999", "99999999", "AAAAA999999AA9AA", "A99999999999999"]): made(kind),
        "licence_plate": lambda: faker().license_plate() if R.random() < 0.7 else made("AA-AA 999"),
        "vehicle_vin": vin,
        "payment_card": card,
        "card_security_code": lambda: digits(R.choice([3, 3, 3, 4])),
        "card_expiry": lambda form=R.choice(["%m/%y", "%m/%Y", "%Y-%m"]): born(form).replace("/19", "/20") if form != "%m/%y" else f"{R.randrange(1, 13):02}/{R.randrange(26, 34)}",
        "iban": lambda: (lambda it: either(it, iban.format(it)))(until(iban.is_valid, lambda: faker().iban())),
        "bank_account": lambda count=R.choice([8, 9, 10, 12]): digits(count),
        "bank_routing": lambda: either(until(rtn.is_valid, lambda: F["us"].aba()), "-".join(digits(2) for _ in range(3))) if "sort" in name.lower() else until(rtn.is_valid, lambda: F["us"].aba()),
        "bic": lambda: faker().swift(length=R.choice([8, 11])),
        "eu_vat": vat_id,
        "crypto_address": lambda: "0x" + token(40, HEX) if R.random() < 0.5 else "bc1q" + token(38, "qpzry9x8gf2tvdw0s3jn54khce6mua7l"),
        "uk_nhs": lambda kind=R.random(): (lambda it: it if kind < 0.5 else nhs.format(it))(until(nhs.is_valid, lambda: R.choice("479") + digits(9))),
        "us_mbi": mbi,
        "us_npi": npi,
        "us_dea": dea,
        "de_kvnr": kvnr,
        "au_medicare": medicare,
        "medical_record": lambda kind=R.choice(["99999999", "MRN-999999", "P999999", "9999999"]): made(kind.replace("MRN", "mrn").replace("A", "a")).replace("mrn", "MRN"),
        "diagnosis": lambda: made(R.choice(["A99", "A99.9", "A99.99"])).replace("U", "E"),
        "blood_type": lambda: R.choice(["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-", "0+"]),
        "geo_coordinate": lambda: coordinate(name),
        "geo_point": lambda: either(f"{R.uniform(-85, 85):.5f},{R.uniform(-179, 179):.5f}", f"{R.uniform(-85, 85):.6f}, {R.uniform(-179, 179):.6f}", f"POINT({R.uniform(-179, 179):.5f} {R.uniform(-85, 85):.5f})"),
        "ip_address": lambda: F["us"].ipv4() if R.random() < 0.7 else F["us"].ipv6(),
        "mac_address": lambda: either(F["us"].mac_address(), F["us"].mac_address().upper().replace(":", "-")),
        "imei": lambda: luhned("35" + digits(12)),
        "imsi": lambda: R.choice(["26201", "310150", "23415", "20801"]) + digits(9),
        "iccid": lambda: luhned(R.choice(["8949", "8901", "8944", "8933"]) + digits(15)),
        "advertising_id": lambda: str(uuid.UUID(int=R.getrandbits(128), version=4)),
        "device_id": lambda: token(16, HEX) if device < 0.5 else str(uuid.UUID(int=R.getrandbits(128), version=4)),
        "user_agent": F["us"].user_agent,
        "password": lambda: F["us"].password(length=R.randrange(8, 20)) if R.random() < 0.6 else F["en"].word() + F["en"].word() + digits(2),
        "password_hash": password_hash,
        "one_time_code": lambda: digits(6) if one_key < 0.7 else digits(4),
        "api_key": lambda: vendor_key() if one_key < 0.8 or name in NEUTRAL_DEV + NEUTRAL_HELD_OUT else token(40, HEX),
        "access_token": lambda: token(40) if one_key < 0.5 else base64.urlsafe_b64encode(R.randbytes(32)).decode().rstrip("="),
        "jwt": jwt,
        "private_key": private_key,
        "session_id": lambda: token(32, HEX) if one_key < 0.5 else token(26, string.ascii_lowercase + string.digits),
        "shared_secret": lambda: token(32) if one_key < 0.5 else token(64, HEX),
        "connection_string": lambda: R.choice(["postgres", "postgresql", "mysql", "redis", "mongodb+srv", "amqp"]) + f"://{F['us'].user_name()}:{token(12)}@{F['us'].domain_name()}/{F['us'].word()}",
        "signed_url": lambda: either(
            f"https://{token(8, HEX)}.s3.eu-west-1.amazonaws.com/{F['us'].file_name()}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900&X-Amz-Signature={token(64, HEX)}",
            f"https://storage.googleapis.com/{token(8, HEX)}/{F['us'].file_name()}?X-Goog-Expires=900&X-Goog-Signature={token(512, HEX)}",
            f"https://{token(8, HEX)}.blob.core.windows.net/c/{F['us'].file_name()}?sv=2022-11-02&se=2026-01-01&sig={token(43)}%3D"),
    }


def doubled():
    """Ten digits of which one occurs twice, the first not being 0."""
    while True:
        all_digits = R.sample(string.digits, 9)
        all_digits.insert(R.randrange(10), R.choice(all_digits))
        if all_digits[0] != "0":
            return "".join(all_digits)


def main():
    split, path = sys.argv[1:]
    R.seed(SEED[split])
    names, neutral = {
        "dev": (DEV, NEUTRAL_DEV), "held-out": (HELD_OUT, NEUTRAL_HELD_OUT), "standards": (STANDARDS, []),
    }[split]
    for locale in LOCALES[split]:
        F[locale] = Faker(locale)
    # Not drawn from for names and addresses, but for what has a country of its own.
    special = {"en": "en_US", "us": "en_US", "it": "it_IT", "mx": "es_MX", "cn": "zh_CN"}
    kept = dict(F)
    for number, (key, locale) in enumerate(special.items()):
        F[key] = Faker(locale)
    for number, fake in enumerate(F.values()):
        fake.seed_instance(SEED[split] * 1_000 + number)
    global faker
    faker = lambda: kept[R.choice(list(kept))]
    written = 0
    with open(path, "w") as out:
        for name_class in names:
            for number in range(FIELDS[split]):
                count = R.choice([1, 1, 3, 3, 3, 8, 8, 8, 20, 20])
                says_nothing = neutral and number % 7 == 0 and (
                    name_class in SELF_EVIDENT or name_class in EVIDENT_IN_NUMBERS)
                if says_nothing and name_class in EVIDENT_IN_NUMBERS:
                    count = 20
                name = R.choice(neutral if says_nothing else names[name_class])
                make = maker(name, split)[name_class]
                values = [make() for _ in range(count)]
                if R.random() < 0.1:
                    values.append(R.choice(["", "null", "N/A"]))
                kind = "neutral" if says_nothing else split
                line = {"field": name, "values": values, "class": name_class, "kind": kind}
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                written += 1
    print(f"{split}: {written} fields", file=sys.stderr)


if __name__ == "__main__":
    main()
