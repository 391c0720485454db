"""A CDN and a load balancer, each appending, stand in front of bartizan."""

from proxy import cdn, load_balancer
from stage import CLIENT, Seen, request


def play(stage):
    edge, front, ours, admin, api = (stage.port() for _ in range(5))
    data = stage.dir / "data"
    reached = stage.api(api)
    guard = stage.guard(stage.file("bartizan.yaml", {
        "0.0.0.0:8080": f"127.0.0.1:{ours}", "127.0.0.1:3000": f"127.0.0.1:{api}",
        "127.0.0.1:9440": f"127.0.0.1:{admin}", "/var/lib/bartizan": data,
        "10.0.1.0/24": "127.0.1.0/24", "192.0.2.0/24": "127.0.2.0/24"}), ours, admin, data)
    load_balancer(stage, front, ours, leaving_from="127.0.1.20", scheme="https")
    cdn(stage, edge, front, leaving_from="127.0.2.9")

    host = "api.example.com"
    stage.passes(edge, host, CLIENT, "https", client=CLIENT)
    stage.forged(edge, host, CLIENT, client=CLIENT)
    stage.blocked(edge, host, reached, guard, client=CLIENT)

    # Past the CDN, with everything forged that the CDN would have written.
    past = {"X-Forwarded-For": "203.0.113.66", "CF-Connecting-IP": "203.0.113.66", "True-Client-IP": "203.0.113.66"}
    seen = Seen(request(front, "/products", host=host, client="127.0.0.99", fields=past))
    stage.same("client address past the CDN", seen.told("x-forwarded-for"), "127.0.0.99")
    stage.same("X-Real-IP past the CDN", seen.told("x-real-ip"), "127.0.0.99")

    # The fields of vendors come to the API from neither way, so that it cannot believe a forged one.
    for port in (edge, front):
        seen = Seen(request(port, "/products", host=host, client=CLIENT, fields=past))
        for name in ("cf-connecting-ip", "true-client-ip"):
            stage.same(f"{name} at the API", seen.told(name), None)
