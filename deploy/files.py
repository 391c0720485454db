#!/usr/bin/env python3
"""Checks the files for Compose, Kubernetes and the package: what they are made of, and what bounds they set.

    deploy/files.py          with target/release/bartizan, or BARTIZAN=PATH

Needs PyYAML. kubectl, kubernetes-validate (both of schemas) and `docker compose` are used where they are
there, and skipped and counted where not."""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BARTIZAN = pathlib.Path(os.environ.get("BARTIZAN", HERE / "../target/release/bartizan")).resolve()
counts = {"ok": 0, "FAILED": 0, "skipped": 0}


def say(verdict, what):
    counts[verdict] += 1
    print(f"{verdict:8} {what}")


def holds(what, is_so, why=""):
    say("ok" if is_so else "FAILED", what if is_so else f"{what} {why}")


def run(*command, **more):
    done = subprocess.run([str(it) for it in command], text=True, capture_output=True, timeout=120, **more)
    return done.returncode, done.stdout, done.stderr


def configurations():
    for name in ("compose", "kubernetes", "oci", "debian"):
        code, out, err = run(BARTIZAN, "check", "-c", HERE / name / "bartizan.yaml")
        holds(f"{name}/bartizan.yaml", code == 0, out + err)


def package():
    manifest = (HERE / "../crates/bartizan/Cargo.toml").read_text()
    block = (HERE / "debian/metadata.toml").read_text().strip()
    holds("debian: Cargo.toml holds debian/metadata.toml", block in manifest, "as it stands there")
    holds("debian: the crate has a description", "\ndescription" in manifest)


def compose(yaml):
    service = yaml.safe_load((HERE / "compose/compose.yaml").read_text())["services"]["bartizan"]
    holds("compose: read-only root", service["read_only"] is True)
    holds("compose: no capabilities", service["cap_drop"] == ["ALL"] and "cap_add" not in service)
    holds("compose: no new rights", "no-new-privileges:true" in service["security_opt"])
    holds("compose: not root", service["user"] == "65532:65532")
    holds("compose: has a health check", service["healthcheck"]["test"][0] == "CMD")
    holds("compose: published on loopback only", all(it.startswith("127.0.0.1:") for it in service["ports"]))
    for volume in service["volumes"]:
        source = volume.split(":")[0]
        if source.startswith("."):
            holds(f"compose: {source} is there", (HERE / "compose" / source).is_file())
    dockerfile = HERE / "compose" / service["build"]["context"] / service["build"]["dockerfile"]
    holds("compose: the Dockerfile is there", dockerfile.is_file())
    if shutil.which("docker") and run("docker", "compose", "version")[0] == 0:
        code, _, err = run("docker", "compose", "-f", HERE / "compose/compose.yaml", "config", "--quiet")
        holds("compose: docker compose config", code == 0, err)
    else:
        say("skipped", "compose: no docker compose")


def kubernetes(yaml):
    folder = HERE / "kubernetes"
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    files = {it.name for it in folder.glob("*.yaml")}
    named = set(kustomization["resources"]) | {"kustomization.yaml", "bartizan.yaml", "secret.yaml",
                                            "horizontalpodautoscaler.yaml"}
    holds("kubernetes: every file is used", files == named, files ^ named)
    pod = yaml.safe_load((folder / "deployment.yaml").read_text())["spec"]["template"]["spec"]
    container = pod["containers"][0]
    rights = container["securityContext"]
    holds("kubernetes: not root", pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 65532)
    holds("kubernetes: default seccomp", pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault")
    holds("kubernetes: read-only root", rights["readOnlyRootFilesystem"] is True)
    holds("kubernetes: no capabilities", rights["capabilities"] == {"drop": ["ALL"]})
    holds("kubernetes: no new rights", rights["allowPrivilegeEscalation"] is False)
    holds("kubernetes: no token", pod["automountServiceAccountToken"] is False)
    holds("kubernetes: bounded memory", "memory" in container["resources"]["limits"])
    asked = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    holds("kubernetes: probes", asked == {
        "startup": "/health/ready", "readiness": "/health/ready", "liveness": "/health/live"}, asked)
    configuration = yaml.safe_load((folder / "bartizan.yaml").read_text())
    ports = {it["name"]: it["containerPort"] for it in container["ports"]}
    told = {"https": configuration["listen"]["address"], "admin": configuration["admin"]["address"]}
    holds("kubernetes: ports are those of the configuration",
          all(told[name].endswith(f":{port}") for name, port in ports.items()), told)
    waits = container["lifecycle"]["preStop"]["sleep"]["seconds"] + 10
    holds("kubernetes: time enough to stop", pod["terminationGracePeriodSeconds"] > waits)

    if not shutil.which("kubectl"):
        return say("skipped", "kubernetes: no kubectl, and so no schemas")
    code, built, err = run("kubectl", "kustomize", folder)
    holds("kubernetes: kubectl kustomize", code == 0, err)
    kinds = sorted(it["kind"] for it in yaml.safe_load_all(built))
    holds("kubernetes: all kinds", kinds == [
        "ConfigMap", "Deployment", "Namespace", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount"], kinds)
    deployment = next(it for it in yaml.safe_load_all(built) if it["kind"] == "Deployment")
    selector = deployment["spec"]["selector"]["matchLabels"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    holds("kubernetes: the Deployment selects its pods", selector and selector.items() <= labels.items())
    validate = shutil.which("kubernetes-validate")
    if not validate:
        return say("skipped", "kubernetes: no kubernetes-validate (pip install kubernetes-validate)")
    others = {it: (folder / f"{it}.yaml").read_text() for it in ("secret", "horizontalpodautoscaler")}
    for what, text in {"kustomization": built, **others}.items():
        path = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"bartizan-{what}-{os.getpid()}.yaml"
        try:
            path.write_text(text)
            code, out, err = run(validate, "--strict", path)
        finally:
            path.unlink(missing_ok=True)
        holds(f"kubernetes: schemas, {what}", code == 0, out + err)


if __name__ == "__main__":
    if BARTIZAN.exists():
        configurations()
    else:
        say("skipped", f"no bartizan at {BARTIZAN}")
    package()
    try:
        import yaml as reader
    except ImportError:
        say("skipped", "no PyYAML: neither Compose nor Kubernetes files were read")
    else:
        compose(reader)
        kubernetes(reader)
    print(f"{counts['ok']} passed, {counts['FAILED']} failed, {counts['skipped']} skipped")
    sys.exit(1 if counts["FAILED"] else 0)
