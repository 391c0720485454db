"""Hosts, prefixes, an https upstream, a rewrite, and a part that is refused."""

from stage import ATTACK, CLIENT, Seen, request


def play(stage):
    crt, key = stage.certificate("billing", "billing.internal")
    front, admin, orders, billing, legacy = (stage.port() for _ in range(5))
    data = stage.dir / "data"
    reached = stage.api(orders, "orders")
    reached_billing = stage.api(billing, "billing", tls=(crt, key))
    stage.api(legacy, "legacy")
    guard = stage.guard(stage.file("bartizan.yaml", {
        "0.0.0.0:8080": f"127.0.0.1:{front}", "127.0.0.1:9440": f"127.0.0.1:{admin}",
        "127.0.0.1:3000": f"127.0.0.1:{orders}", "127.0.0.1:3001": f"127.0.0.1:{billing}",
        "127.0.0.1:3002": f"127.0.0.1:{legacy}", "/var/lib/bartizan": data,
        "/etc/bartizan/tls/internal-ca.crt": crt}), front, admin, data)

    stage.passes(front, "orders.example.com", CLIENT, "http", client=CLIENT)
    stage.forged(front, "orders.example.com", CLIENT, client=CLIENT)
    stage.blocked(front, "orders.example.com", reached, guard, client=CLIENT)
    stage.blocked(front, "billing.example.com", reached_billing, guard, client=CLIENT)

    def goes(host, target, api, path, told):
        seen = Seen(request(front, target, host=host))
        stage.same(f"the API of {host}{target}", seen.api, api)
        stage.same(f"path at the API of {host}{target}", seen.path, path)
        stage.holds(f"Host at the API of {host}{target}: {seen.told('host')}",
                    seen.told("host") in (told, f"{told}:443"))
        stage.same(f"X-Forwarded-Host of {host}{target}", seen.told("x-forwarded-host"), host)

    goes("orders.example.com", "/orders/7", "orders", "/orders/7", "orders.example.com")
    goes("orders.example.com:8080", "/orders/7", "orders", "/orders/7", "orders.example.com:8080")
    goes("billing.example.com", "/invoices?year=2026", "billing", "/invoices?year=2026", "billing.internal")
    goes("orders.example.com", "/v1/items?page=2", "legacy", "/api/old/items?page=2", "orders.example.com")
    goes("orders.example.com", "/v1", "legacy", "/api/old", "orders.example.com")
    goes("orders.example.com", "/v10/items", "orders", "/v10/items", "orders.example.com")

    def refused(host, target, status, code):
        before = len(reached_billing)
        answer = request(front, target, host=host)
        stage.same(f"status of {host}{target}", answer.status, status)
        stage.same(f"code of {host}{target}", answer.json()["code"], code)
        stage.same(f"{host}{target} at the API", len(reached_billing) - before, 0)
        stage.explained(guard, answer.json()["decision_id"], code)

    refused("billing.example.com", "/admin", 403, "route.refused")
    refused("billing.example.com", "/admin/users?all=1", 403, "route.refused")
    refused("unknown.example.com", "/", 404, "route.unknown")

    # The route that is observed lets the attack pass, and notes it.
    seen = Seen(request(front, "/v1" + ATTACK, host="orders.example.com"))
    stage.same("the API of an observed attack", seen.api, "legacy")
    noted = stage.logged(guard, "--would-refuse")
    stage.same("code of the observed attack", noted[-1]["hits"][0]["code"], "content.sql_injection")

    # What is refused is refused in every mode and in every spelling.
    front, admin = stage.port(), stage.port()
    places = {"0.0.0.0:8080": f"127.0.0.1:{front}", "127.0.0.1:9440": f"127.0.0.1:{admin}",
              "127.0.0.1:3001": f"127.0.0.1:{billing}", "/var/lib/bartizan": stage.dir / "data-observing",
              "/etc/bartizan/tls/internal-ca.crt": crt}
    stage.guard(stage.file("bartizan.yaml", places), front, admin, stage.dir / "data-observing",
                {"BARTIZAN_MODE": "observe"})
    before = len(reached_billing)
    for target in ("/admin", "/ADMIN", "/%61dmin", "//admin", "/x/../admin/users", "/x/%2e%2e/admin", "/admin;x=1"):
        answer = request(front, target, host="billing.example.com")
        stage.same(f"code of {target}", answer.json().get("code"), "route.refused")
    stage.same("requests that reached the API", len(reached_billing), before)
