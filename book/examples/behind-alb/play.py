"""A load balancer that appends to X-Forwarded-For stands in front of bartizan."""

from proxy import load_balancer
from stage import CLIENT, Seen, request


def play(stage):
    crt, key = stage.certificate("api", "api.example.com")
    front, ours, admin, api = (stage.port() for _ in range(4))
    data = stage.dir / "data"
    reached = stage.api(api)
    guard = stage.guard(stage.file("bartizan.yaml", {
        "0.0.0.0:8080": f"127.0.0.1:{ours}", "127.0.0.1:3000": f"127.0.0.1:{api}",
        "127.0.0.1:9440": f"127.0.0.1:{admin}", "/var/lib/bartizan": data,
        "10.0.1.0/24": "127.0.1.0/24", "10.0.2.0/24": "127.0.2.0/24"}), ours, admin, data)
    load_balancer(stage, front, ours, leaving_from="127.0.1.20", scheme="https", tls=(crt, key))

    host = "api.example.com"
    seen = stage.passes(front, host, CLIENT, "https", client=CLIENT, tls=crt)
    stage.same("trace id at the API", seen.told("x-amzn-trace-id"), "Root=1-67891233-abcdef012345678912345678")
    stage.same("X-Forwarded-Port at the API", seen.told("x-forwarded-port"), None)
    stage.same("X-Forwarded-Host at the API", seen.told("x-forwarded-host"), host)
    stage.forged(front, host, CLIENT, client=CLIENT, tls=crt, fields={"X-Forwarded-Proto": "http"})
    stage.blocked(front, host, reached, guard, client=CLIENT, tls=crt)

    # A chain of forged hops, one of them an address of the load balancer, changes nothing.
    seen = Seen(request(front, "/products", host=host, client=CLIENT, tls=crt,
                        fields={"X-Forwarded-For": "203.0.113.66, 127.0.1.20, 203.0.113.67"}))
    stage.same("client address behind forged hops", seen.told("x-forwarded-for"), CLIENT)

    # A machine in another subnet is no load balancer.
    seen = Seen(request(ours, "/products", client="127.0.3.9",
                        fields={"X-Forwarded-For": "203.0.113.66", "X-Forwarded-Proto": "https"}))
    stage.same("client address from elsewhere", seen.told("x-forwarded-for"), "127.0.3.9")
    stage.same("scheme from elsewhere", seen.told("x-forwarded-proto"), "http")

    # Two clients behind one load balancer are two subjects.
    for client in ("127.0.0.81", "127.0.0.82"):
        request(front, "/whoami", host=host, client=client, tls=crt)
    stage.until("two subjects", lambda: len(
        {it["subject"] for it in stage.logged(guard, "--endpoint", "GET /whoami")}) == 2)
    stage.holds("two subjects", True)
