"""bartizan comes between a gateway and its API, and clients do not notice."""

from stage import ATTACK, CLIENT, ORDINARY, Seen, request

KEY = {"X-Api-Key": "key-of-partner-1"}
# What the page says may change for the API.
CHANGES = {"x-forwarded-for", "x-real-ip", "x-forwarded-host", "connection"}


def play(stage):
    stage.needs("nginx")
    front, ours, admin, api = (stage.port() for _ in range(4))
    data = stage.dir / "data"
    reached = stage.api(api)
    ports = {"listen 8000": f"listen 127.0.0.1:{front}"}
    before = stage.nginx(stage.file("gateway-before.conf", {
        **ports, "127.0.0.1:3000": f"127.0.0.1:{api}"}), front)

    exchanges = [
        ("GET", "/shop" + ORDINARY, None), ("HEAD", "/shop/products", None),
        ("GET", "/shop/products/7?fields=name,price", None),
        ("POST", "/shop/orders", '{"product": 7, "note": "it\'s for O\'Neil"}'),
        ("PUT", "/shop/orders/1", '{"product": 8}'), ("DELETE", "/shop/orders/1", None),
    ]

    def ask():
        asked = []
        for method, target, body in exchanges:
            fields = {**KEY, "User-Agent": "shop-app/3", "Accept": "application/json"}
            if body is not None:
                fields["Content-Type"] = "application/json"
            asked.append(request(front, target, method=method, body=body, fields=fields, client=CLIENT))
        return asked

    without = ask()
    before.terminate()
    before.wait(20)

    mode = "mode: observe                       # enforce once `bartizan tail --would-refuse` is quiet"
    file = stage.file("bartizan.yaml", {
        "127.0.0.1:8080": f"127.0.0.1:{ours}", "127.0.0.1:3000": f"127.0.0.1:{api}",
        "127.0.0.1:9440": f"127.0.0.1:{admin}", "/var/lib/bartizan": data, mode: mode})
    guard = stage.guard(file, ours, admin, data)
    stage.nginx(stage.file("gateway.conf", {**ports, "127.0.0.1:8080": f"127.0.0.1:{ours}"}), front)
    with_it = ask()

    for exchange, one, other in zip(exchanges, without, with_it):
        what = f"{exchange[0]} {exchange[1]}"
        stage.same(f"status of {what}", other.status, one.status)
        if exchange[0] == "HEAD":
            continue
        one, other = Seen(one), Seen(other)
        stage.same(f"fields that the client receives of {what}", names(other.fields), names(one.fields))
        stage.same(f"path at the API of {what}", other.path, one.path)
        stage.same(f"body at the API of {what}", other.got, one.got)
        for name in sorted(names(one.sent) | names(other.sent)):
            if name not in CHANGES:
                stage.same(f"{name} at the API of {what}", other.told(name), one.told(name))
        stage.same(f"client address at the API of {what}", other.told("x-forwarded-for"), CLIENT)

    # The gateway still asks for its key, and nothing without one comes to bartizan.
    seen = len(exchanges)
    stage.until("all decisions so far", lambda: len(stage.logged(guard)) == seen)
    stage.same("status without a key", request(front, "/shop/products", client=CLIENT).status, 401)

    # Observed: the attack passes, and is noted. Enforced, by changing the file: it is refused.
    attack = "/shop" + ATTACK
    stage.same("status of an observed attack", request(front, attack, fields=KEY, client=CLIENT).status, 200)
    noted = stage.logged(guard, "--would-refuse")
    stage.same("decisions, of which none is about the request without a key", len(stage.logged(guard)), seen + 1)
    stage.explained(guard, noted[-1]["decision_id"])
    file.write_text(file.read_text().replace("mode: observe", "mode: enforce"))
    stage.until("the changed file is in force",
                lambda: request(front, attack, fields=KEY, client=CLIENT).status == 403)
    arrived = len(reached)
    answer = request(front, attack, fields=KEY, client=CLIENT)
    stage.same("code of an attack", answer.json()["code"], "content.sql_injection")
    stage.same("requests that reached the API", len(reached), arrived)
    stage.same("status of an ordinary request",
               request(front, "/shop" + ORDINARY, fields=KEY, client=CLIENT).status, 200)


def names(fields):
    return {name.lower() for name, _ in fields}
