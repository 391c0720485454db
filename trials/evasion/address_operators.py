"""Addresses written differently that lead to the same host."""

import functools
import ipaddress
import re

from operators import Operators

operator = Operators(("ssrf", "open-redirect"))
ALL = operator.all

ADDRESS = re.compile(r"\A(?P<scheme>[a-z][a-z0-9+]*)://(?P<host>\d+\.\d+\.\d+\.\d+|localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?P<port>:\d+)?(?P<rest>(?:[/?#].*)?)\Z", re.DOTALL)


def on_addresses(change):
    """`change` writes an address of scheme, host, port and the rest anew."""
    @functools.wraps(change)
    def apply(text, random):
        it = ADDRESS.match(text)
        if not it:
            return None
        new = change(it["scheme"], it["host"], it["port"] or "", it["rest"], random)
        return new if new != text else None
    return apply


def on_numbers(change):
    """`change` writes the four numbers of an address anew; `localhost` is 127.0.0.1."""
    @on_addresses
    def apply(scheme, host, port, rest, random):
        try:
            numbers = ipaddress.IPv4Address("127.0.0.1" if host == "localhost" else host)
        except ValueError:
            return None
        return f"{scheme}://{change(numbers, random)}{port}{rest}"
    return functools.wraps(change)(apply)


@operator("address-decimal", ("ssrf",))
@on_numbers
def decimal(numbers, random):
    return str(int(numbers))


@operator("address-hex", ("ssrf",))
@on_numbers
def hexadecimal(numbers, random):
    return random.choice((f"0x{int(numbers):08x}", f"0X{int(numbers):08X}", ".".join(f"0x{it:02x}" for it in numbers.packed)))


@operator("address-octal", ("ssrf",))
@on_numbers
def octal(numbers, random):
    return random.choice((f"0{int(numbers):o}", ".".join(f"0{it:o}" for it in numbers.packed), ".".join(f"{it:04o}" for it in numbers.packed)))


@operator("address-mixed", ("ssrf",))
@on_numbers
def mixed(numbers, random):
    one, two, three, four = numbers.packed
    return random.choice((f"0x{one:x}.{two}.0{three:o}.{four}", f"{one}.{(two << 16) + (three << 8) + four}", f"{one}.{two}.{(three << 8) + four}", f"0{one:o}.0x{two:x}.{(three << 8) + four}"))


@operator("address-ipv6", ("ssrf",))
@on_numbers
def ipv6(numbers, random):
    high, low = int(numbers) >> 16, int(numbers) & 0xffff
    return random.choice((f"[::ffff:{numbers}]", f"[::ffff:{high:x}:{low:x}]", f"[0:0:0:0:0:ffff:{high:x}:{low:x}]", f"[0000::FFFF:{high:04X}:{low:04X}]"))


@operator("address-unicode", ("ssrf",), needs="host names that are normalised (IDNA)")
@on_addresses
def wide(scheme, host, port, rest, random):
    letters = "".join(chr(ord(c) + 0xfee0) if c.isalnum() and random.random() < 0.6 else c for c in host)
    return f"{scheme}://{letters.replace('.', random.choice(('.', '。', '．')))}{port}{rest}"


@operator("address-public-name", ("ssrf",), needs="a name server that answers with the numbers of the name")
@on_numbers
def public_name(numbers, random):
    dashed = str(numbers).replace(".", "-")
    return random.choice((f"{numbers}.nip.io", f"{dashed}.nip.io", f"app.{dashed}.sslip.io", f"{int(numbers):08x}.nip.io"))


@operator("address-user")
@on_addresses
def with_user(scheme, host, port, rest, random):
    return f"{scheme}://{random.choice(('api.shop.example', 'user', 'www.example.com:443', 'a:b'))}@{host}{port}{rest}"


@operator("address-scheme-case")
@on_addresses
def scheme_case(scheme, host, port, rest, random):
    return f"{''.join(random.choice((c, c.upper())) for c in scheme)}://{host}{port}{rest}"


@operator("address-port")
@on_addresses
def with_port(scheme, host, port, rest, random):
    known = {"http": "80", "https": "443"}
    return f"{scheme}://{host}:{random.choice(('', '0', '000'))}{known[scheme]}{rest}" if not port and scheme in known else None


@operator("address-final-dot")
@on_addresses
def final_dot(scheme, host, port, rest, random):
    return f"{scheme}://{host}.{port}{rest}" if not host[-1].isdigit() and not host.endswith(".") else None


@operator("address-host-case")
@on_addresses
def host_case(scheme, host, port, rest, random):
    return f"{scheme}://{''.join(random.choice((c, c.upper())) for c in host)}{port}{rest}" if not host[-1].isdigit() else None


@operator("address-dot-folders")
@on_addresses
def dot_folders(scheme, host, port, rest, random):
    if not re.match(r"/[a-z]", rest) or "#" in rest or "?" in rest or scheme not in ("http", "https"):
        return None
    return f"{scheme}://{host}{port}{random.choice(('/.', '/x/..', '/./.'))}{rest}"


@operator("redirect-slashes", ("open-redirect",))
def redirect_slashes(text, random):
    """Browsers take a backslash for a slash, and any number of both for two, behind http and https."""
    it = re.match(r"(?i)(?P<scheme>https?:)?(?P<slashes>[/\\]{2,4})(?=[\w.-]+\.[a-z]{2,})", text)
    if not it or not it["scheme"] and len(it["slashes"]) != 2:
        return None
    return (it["scheme"] or "") + random.choice(("/\\", "\\/", "\\\\", "/\\/" if it["scheme"] else "/\\", "///" if it["scheme"] else "\\/")) + text[it.end():]


@operator("redirect-blanks", ("open-redirect",))
def redirect_blanks(text, random):
    """Browsers drop tabs and new lines anywhere, and blanks in front."""
    it = re.match(r"(?i)(?:https?:)?//(?=[\w.-]+\.[a-z]{2,})", text)
    if not it:
        return None
    place = random.randint(0, it.end())
    return random.choice(("", " ", "\x01", " \t")) + text[:place] + random.choice(("\t", "\n", "\r\n")) + text[place:]
