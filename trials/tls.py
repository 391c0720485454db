#!/usr/bin/env python3
"""TLS: sslyze against Mozilla's intermediate profile, and what clients negotiate."""

import json
import socket
import ssl
import subprocess
import sys
import warnings
from collections import Counter
from importlib import metadata

import kit

warnings.simplefilter("ignore", DeprecationWarning)       # TLS 1.0 and 1.1 are asked for on purpose
# What only the self-made certificate is to blame for.
OF_THE_CERTIFICATE = ("certificate_path_validation", "validation", "trust", "lifespan", "curve")


def connect(port, name="localhost", versions=(), alpn=(), session=None, context=None):
    if context is None:
        context = kit.client_context(alpn or ("http/1.1",))
        if versions:
            context.minimum_version, context.maximum_version = versions
            context.set_ciphers("ALL:@SECLEVEL=0")
    wire = context.wrap_socket(socket.create_connection(("127.0.0.1", port), 5), server_hostname=name, session=session)
    wire.settimeout(5)
    return wire


def ask(wire):
    wire.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
    return wire.recv(65536)[:12]


def main():
    verdict, folder = kit.Verdict(), kit.scratch()
    origin = kit.Origin("origin", folder)
    made = {"ec": kit.certificate(folder, "ec"), "rsa": kit.certificate(folder, "rsa", "rsa"),
            "other": kit.certificate(folder, "other", "ec", "other.example.com", "DNS:other.example.com,DNS:*.wild.example.com")}
    try:
        for kind in ("ec", "rsa"):
            bartizan = kit.Bartizan(folder / kind, {"upstream": {"url": origin.url}, "certificates": [
                {"certificate": str(made[it][0]), "key": str(made[it][1])} for it in (kind, "other")]})
            try:
                scan(verdict, bartizan, folder, {"ec": "ECDSA P-256", "rsa": "RSA 2048"}[kind])
                negotiate(verdict, bartizan, made, kind)
            finally:
                bartizan.stop()
    finally:
        origin.stop()
    verdict.end()


def scan(verdict, bartizan, folder, kind):
    try:
        import sslyze  # noqa: F401
    except ImportError:
        return verdict.skip(f"{kind}: no sslyze")
    out = folder / f"sslyze-{bartizan.port}.json"
    done = subprocess.run([sys.executable, "-m", "sslyze", "--mozilla_config", "intermediate", "--json_out", str(out), f"localhost:{bartizan.port}"],
                          capture_output=True, text=True, timeout=240)
    said = done.stdout.partition("COMPLIANCE AGAINST")[2] or done.stdout[-1500:]
    findings = [it.strip().removeprefix("* ") for it in said.splitlines() if it.strip().startswith("* ")]
    blamed, rest = [], []
    for it in findings:
        (blamed if any(word in it.lower() for word in OF_THE_CERTIFICATE) else rest).append(it)
    verdict.note(f"{kind}: sslyze {metadata.version('sslyze')}", " ".join(said.split())[:300])
    verdict.holds(f"{kind}: Mozilla intermediate, but for the self-made certificate", not rest and ("OK" in said or findings), rest or "no finding but " + str(blamed or "none"))
    seen = json.loads(out.read_text())["server_scan_results"][0]
    result = seen["scan_result"] or {}
    attacks = {"heartbleed": ("is_vulnerable_to_heartbleed",), "openssl_ccs_injection": ("is_vulnerable_to_ccs_injection",),
               "session_renegotiation": ("is_vulnerable_to_client_renegotiation_dos",), "tls_compression": ("supports_compression",)}
    for attack, keys in attacks.items():
        found = (result.get(attack) or {}).get("result")
        if found:
            verdict.holds(f"{kind}: {attack}", not any(found[it] for it in keys))
    for version in ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"):
        found = (result.get(f"{version}_cipher_suites") or {}).get("result")
        if found:
            names = [it["cipher_suite"]["name"] for it in found["accepted_cipher_suites"]]
            verdict.holds(f"{kind}: {version.replace('_', ' ')}", bool(names) == (version in ("tls_1_2", "tls_1_3")), ", ".join(names) or "refused")


def negotiate(verdict, bartizan, made, kind):
    port, der = bartizan.port, {k: ssl.PEM_cert_to_DER_cert(v[0].read_text()) for k, v in made.items()}
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        try:
            with connect(port, versions=(version, version)) as wire:
                told = wire.version()
        except (ssl.SSLError, OSError) as fault:
            told = getattr(fault, "reason", None) or type(fault).__name__
        verdict.holds(f"{kind}: {version.name} refused by the server", "ALERT" in str(told), told)
    for offer, wanted in ((("h2", "http/1.1"), "h2"), (("http/1.1",), "http/1.1"), (("http/1.1", "h2"), "h2"), ((), None)):
        context = kit.client_context(offer) if offer else ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with connect(port, context=context) as wire:
            verdict.holds(f"{kind}: ALPN {list(offer)}", wire.selected_alpn_protocol() == wanted, wire.selected_alpn_protocol())
    try:
        with connect(port, context=kit.client_context(("spdy/1",))) as wire:
            told = wire.selected_alpn_protocol()
    except ssl.SSLError as fault:
        told = fault.reason
    verdict.note(f"{kind}: ALPN with nothing known", told)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = kit.client_context()
        context.minimum_version = context.maximum_version = version
        reused, session = Counter(), None
        for _ in range(20):
            with connect(port, context=context, session=session) as wire:
                verdict.failed += [] if ask(wire) == b"HTTP/1.1 200" else [f"{kind}: no answer over {version.name}"]
                reused[wire.session_reused] += 1
                session = wire.session
        verdict.holds(f"{kind}: sessions resumed, {version.name}", reused[True] == 19, dict(reused))
    for name, wanted in (("localhost", kind), ("other.example.com", "other"), ("a.wild.example.com", "other"), ("unknown.example.net", kind), (None, kind)):
        context = kit.client_context()
        with connect(port, name, context=context) as wire:
            verdict.holds(f"{kind}: certificate for {name}", wire.getpeercert(True) == der[wanted])


if __name__ == "__main__":
    main()
