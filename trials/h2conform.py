#!/usr/bin/env python3
"""HTTP/2 as clients speak it: each client that is here, with each case that it can ask for."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import threading

import kit

CASES = ("GET", "POST 1 MiB", "100 streams", "trailers", "HEAD", "204", "large headers", "10 MB", "GOAWAY on stop")
WITHIN_S = 120


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, **more)


def curl(port, tls, *more):
    scheme = ["-k", "--http2", f"https://127.0.0.1:{port}/a"] if tls else ["--http2-prior-knowledge", f"http://127.0.0.1:{port}/a"]
    return run(["curl", "-s", "-m", "20", "-D", "-", "-o", "/dev/null", "-w", "end %{http_version} %{http_code} %{size_download} %{exitcode}\n", *scheme, *more])


def with_curl(port, tls, folder):
    big = folder / "mib"
    big.write_bytes(b"\x80" * (1 << 20))

    def ends(done, status, size=None):
        return f"end 2 {status} " in done.stdout and done.stdout.rstrip().endswith(" 0") and (size is None or f" {size} 0" in done.stdout)
    yield "GET", ends(curl(port, tls), 200)
    done = curl(port, tls, "-X", "POST", "-H", "content-type: application/octet-stream", "--data-binary", f"@{big}")
    yield "POST 1 MiB", ends(done, 200) and f"x-read: {1 << 20}" in done.stdout
    yield "trailers", "x-sum: 7" in curl(port, tls, "-H", "x-do: trailers", "-H", "te: trailers").stdout
    yield "HEAD", ends(curl(port, tls, "-I"), 200)
    yield "204", ends(curl(port, tls, "-H", "x-do: empty"), 204, 0)
    done = curl(port, tls, "-H", "x-do: fields=100", "-H", "x-large: " + "v" * 20000)
    yield "large headers", ends(done, 200) and "x-f99" in done.stdout
    yield "10 MB", ends(curl(port, tls, "-H", "x-do: big=10000000"), 200, 10_000_000)


def with_h2load(port, tls, folder):
    url = f"http{'s' if tls else ''}://127.0.0.1:{port}/a"
    big = folder / "mib"
    big.write_bytes(b"\x80" * (1 << 20))

    def good(count, *more):
        done = run(["h2load", "-n", str(count), *more, url])
        return f"{count} succeeded, 0 failed, 0 errored, 0 timeout" in done.stdout and f"status codes: {count} 2xx" in done.stdout or done.stdout[-600:]
    yield "GET", good(10, "-c1")
    yield "POST 1 MiB", good(20, "-c2", "-m5", "-d", str(big), "-H", "content-type: application/octet-stream")
    yield "100 streams", good(2000, "-c2", "-m100")
    yield "HEAD", good(10, "-c1", "-H", ":method: HEAD")
    yield "204", good(10, "-c1", "-H", "x-do: empty")
    yield "large headers", good(200, "-c2", "-m10", "-H", "x-large: " + "v" * 20000, "-H", "x-do: fields=100")
    yield "10 MB", good(20, "-c2", "-m10", "-H", "x-do: big=10000000")


def with_nghttp(port, tls, folder):
    url = f"http{'s' if tls else ''}://127.0.0.1:{port}/a"
    big = folder / "mib"
    big.write_bytes(b"\x80" * (1 << 20))

    def nghttp(*more):
        return run(["nghttp", "-v", "-n", "-y", "-t", "20s", *more, url]).stdout
    yield "GET", ":status: 200" in nghttp()
    yield "POST 1 MiB", f"x-read: {1 << 20}" in nghttp("-d", str(big), "-H", "content-type: application/octet-stream")
    yield "100 streams", nghttp("-m", "100", "-H", "x-do: wait=200").count(":status: 200") == 100
    yield "trailers", "x-sum: 7" in nghttp("-H", "x-do: trailers", "-H", "te: trailers")
    yield "HEAD", ":status: 200" in nghttp("-H", ":method: HEAD")
    yield "204", ":status: 204" in nghttp("-H", "x-do: empty")
    yield "large headers", "x-f99" in nghttp("-H", "x-do: fields=100", "-H", "x-large: " + "v" * 20000)
    yield "10 MB", (lambda it: ":status: 200" in it and sum(int(n) for n in re.findall(r"recv DATA frame <length=(\d+)", it)) == 10_000_000)(nghttp("-H", "x-do: big=10000000"))


def with_script(command, bartizan, port):
    """A client that tells its cases itself; it is stopped under once it says that it is ready."""
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    timer = threading.Timer(WITHIN_S, process.kill)
    timer.start()
    for line in process.stdout:
        told = json.loads(line)
        if "ready" in told:
            threading.Timer(0.3, bartizan.term).start()
        else:
            yield told["case"], told["ok"] or told["seen"] or False
    process.wait()
    timer.cancel()


def eager(port):
    """A client that gives back credit for every answer at once: 3,000 small ones on one connection, as fast as they come."""
    async def main():
        wire = await kit.Http2.connect(port)
        wire.is_eager = True
        for count in range(100):
            eager.answered = count * 30
            got = await asyncio.wait_for(asyncio.gather(*(wire.send("GET", "/a") for _ in range(30))), 20)
            if any(it.status != 200 for it in got):
                return False
        return True
    try:
        return asyncio.run(main())
    except (kit.Gone, OSError, asyncio.TimeoutError) as fault:
        return f"connection closed after {eager.answered} to {eager.answered + 30} answers ({type(fault).__name__})"


def main():
    verdict, folder = kit.Verdict(), kit.scratch()
    origin = kit.Origin("origin", folder)
    cert, key = kit.certificate(folder, "made")
    clear, secure = {"upstream": {"url": origin.url}}, {"upstream": {"url": origin.url}, "certificates": [{"certificate": str(cert), "key": str(key)}]}
    table = {}
    numbers = iter(range(100))

    def instance(config):
        return kit.Bartizan(folder / f"b{next(numbers)}", config)

    def cases(name, told):
        for case, ok in told:
            table.setdefault(name, {})[case] = ok is True
            verdict.holds(f"{name}: {case}", ok is True, "" if ok is True else ok)

    try:
        for program, client in (("curl", with_curl), ("h2load", with_h2load), ("nghttp", with_nghttp)):
            if not shutil.which(program):
                verdict.skip(f"no {program}")
                continue
            for tls, config in ((False, clear), (True, secure)):
                bartizan = instance(config)
                try:
                    cases(program + (" TLS" if tls else ""), client(bartizan.port, tls, folder))
                finally:
                    bartizan.stop()
        scripts = [("node", ["node", str(kit.HERE / "clients/node.js")], clear), ("go", ["go", "run", str(kit.HERE / "clients/go.go")], secure)]
        try:
            import h2  # noqa: F401
            scripts.append(("python h2", [sys.executable, str(kit.HERE / "clients/python_h2.py")], clear))
        except ImportError:
            verdict.skip("no Python h2")
        for name, command, config in scripts:
            if not shutil.which(command[0]):
                verdict.skip(f"no {name}")
                continue
            bartizan = instance(config)
            try:
                cases(name, with_script(command, bartizan, bartizan.port))
                for case in CASES:
                    if case not in table.get(name, {}) and (name, case) != ("python h2", "GOAWAY on stop"):
                        verdict.holds(f"{name}: {case}", False, "not told")
            finally:
                bartizan.stop()
        bartizan = instance(clear)
        try:
            cases("own client", [("credit for every answer", eager(bartizan.port))])
        finally:
            bartizan.stop()
        if shutil.which("h2spec"):
            bartizan = instance(clear)
            try:
                done = run(["h2spec", "-h", "127.0.0.1", "-p", str(bartizan.port), "-P", "/a", "-o", "5"])
                verdict.holds("h2spec", done.returncode == 0, done.stdout.splitlines()[-1] if done.stdout else done.stderr)
            finally:
                bartizan.stop()
        else:
            verdict.note("h2spec", "not here, and in no package of Debian, npm or PyPI; put it into PATH to have it run")
    finally:
        origin.stop()
    print(f"\n{'':14}" + "".join(f"{it:>15}" for it in CASES))
    for name, told in table.items():
        print(f"{name:<14}" + "".join(f"{'-' if it not in told else 'ok' if told[it] else 'FAIL':>15}" for it in CASES))
    verdict.end()


if __name__ == "__main__":
    main()
