"""nginx ends TLS in front of bartizan."""

from stage import CLIENT, Seen, request


def play(stage):
    stage.needs("nginx", "openssl")
    crt, key = stage.certificate("api", "api.example.com")
    front, ours, admin, api = (stage.port() for _ in range(4))
    data = stage.dir / "data"
    reached = stage.api(api)
    guard = stage.guard(stage.file("bartizan.yaml", {
        "127.0.0.1:8080": f"127.0.0.1:{ours}", "127.0.0.1:3000": f"127.0.0.1:{api}",
        "127.0.0.1:9440": f"127.0.0.1:{admin}", "/var/lib/bartizan": data}), ours, admin, data)
    stage.nginx(stage.file("nginx.conf", {
        "127.0.0.1:8080": f"127.0.0.1:{ours}", "listen 443": f"listen 127.0.0.1:{front}",
        "/etc/nginx/tls/api.crt": crt, "/etc/nginx/tls/api.key": key}), front)

    host = "api.example.com"
    seen = stage.passes(front, host, CLIENT, "https", client=CLIENT, tls=crt)
    stage.same("X-Real-IP at the API", seen.told("x-real-ip"), CLIENT)
    stage.forged(front, host, CLIENT, client=CLIENT, tls=crt)
    stage.blocked(front, host, reached, guard, client=CLIENT, tls=crt)
    stage.same("X-Api-Version at the client", seen.field("x-api-version"), "7")

    # A path that servers read differently comes to bartizan as it was sent, and is refused there.
    for target, code in (("/a/..%2fb", "path.encoded_slash"), ("//a", "path.empty_segment"), ("/a/../b", "path.dot_segment")):
        answer = request(front, target, host=host, client=CLIENT, tls=crt)
        stage.same(f"code of {target}", answer.json()["code"], code)

    # Who reaches bartizan past nginx is its own client, whatever it claims. Here 127.0.0.9 is no proxy.
    seen = Seen(request(ours, "/products", fields={"X-Forwarded-For": "203.0.113.66"}, client="127.0.0.9"))
    stage.same("client address past nginx", seen.told("x-forwarded-for"), "127.0.0.9")
