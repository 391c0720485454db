"""bartizan ends TLS in front of nginx, which routes to two APIs."""

from stage import CLIENT, Seen, request


def play(stage):
    stage.needs("nginx", "openssl")
    crt, key = stage.certificate("api", "api.example.com")
    front, behind, admin, products, others = (stage.port() for _ in range(5))
    data = stage.dir / "data"
    reached = stage.api(products, "products")
    stage.api(others, "others")
    stage.nginx(stage.file("nginx.conf", {
        "127.0.0.1:8081": f"127.0.0.1:{behind}", "127.0.0.1:3000": f"127.0.0.1:{products}",
        "127.0.0.1:3001": f"127.0.0.1:{others}"}), behind)
    guard = stage.guard(stage.file("bartizan.yaml", {
        "0.0.0.0:443": f"127.0.0.1:{front}", "127.0.0.1:8081": f"127.0.0.1:{behind}",
        "127.0.0.1:9440": f"127.0.0.1:{admin}", "/var/lib/bartizan": data,
        "/etc/bartizan/tls/api.crt": crt, "/etc/bartizan/tls/api.key": key}), front, admin, data)

    host = "api.example.com"
    stage.passes(front, host, CLIENT, "https", client=CLIENT, tls=crt)
    stage.forged(front, host, CLIENT, client=CLIENT, tls=crt, fields={"X-Forwarded-Proto": "http"})
    stage.blocked(front, host, reached, guard, client=CLIENT, tls=crt)

    # nginx still routes.
    for target, api in (("/products/7", "products"), ("/orders/7", "others")):
        seen = Seen(request(front, target, host=host, client=CLIENT, tls=crt))
        stage.same(f"the API of {target}", seen.api, api)
        stage.same(f"scheme at the API of {target}", seen.told("x-forwarded-proto"), "https")

    # What nginx would resolve to /products/7 by itself does not come to it.
    answer = request(front, "/x/../products/7", host=host, client=CLIENT, tls=crt)
    stage.same("code of a path with dots", answer.json()["code"], "path.dot_segment")
