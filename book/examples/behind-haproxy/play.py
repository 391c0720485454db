"""HAProxy in front of bartizan, with X-Forwarded-For and with the PROXY protocol."""

import http.client
import ssl
import time

from stage import CLIENT, Failed, request


def play(stage):
    stage.needs("haproxy", "openssl")
    crt, key = stage.certificate("api", "api.example.com")
    with_field(stage, crt, key)
    with_proxy_protocol(stage, crt, key)


def with_field(stage, crt, key):
    front, ours, admin, api = (stage.port() for _ in range(4))
    data = stage.dir / "data"
    pem = stage.dir / "api.pem"
    pem.write_text(crt.read_text() + key.read_text())
    reached = stage.api(api)
    guard = stage.guard(stage.file("bartizan.yaml", {
        "127.0.0.1:8080": f"127.0.0.1:{ours}", "127.0.0.1:3000": f"127.0.0.1:{api}",
        "127.0.0.1:9440": f"127.0.0.1:{admin}", "/var/lib/bartizan": data}), ours, admin, data)
    stage.haproxy(stage.file("haproxy.cfg", {
        "127.0.0.1:8080": f"127.0.0.1:{ours}", "bind :443": f"bind 127.0.0.1:{front}",
        "port 9440": f"port {admin}", "/etc/haproxy/api.pem": pem}), front)
    judged(stage, front, reached, guard, crt)

    # HAProxy notices when bartizan stops, because it is asked whether it is ready.
    guard.terminate()
    guard.wait(20)
    stage.until("haproxy answers 503 itself",
                lambda: request(front, "/", client=CLIENT, tls=crt).status == 503)


def with_proxy_protocol(stage, crt, key):
    front, ours, admin, api = (stage.port() for _ in range(4))
    data = stage.dir / "data-proxy-protocol"
    reached = stage.api(api)
    guard = stage.guard(stage.file("bartizan-proxy-protocol.yaml", {
        "127.0.0.1:8443": f"127.0.0.1:{ours}", "127.0.0.1:3000": f"127.0.0.1:{api}",
        "127.0.0.1:9440": f"127.0.0.1:{admin}", "/var/lib/bartizan": data,
        "/etc/bartizan/tls/api.crt": crt, "/etc/bartizan/tls/api.key": key}), ours, admin, data)
    stage.haproxy(stage.file("haproxy-proxy-protocol.cfg", {
        "127.0.0.1:8443": f"127.0.0.1:{ours}", "bind :443": f"bind 127.0.0.1:{front}",
        "port 9440": f"port {admin}"}), front)
    judged(stage, front, reached, guard, crt)

    # Without a header, and with one from somebody else, a connection is closed.
    for client in ("127.0.0.1", "127.0.0.9"):
        try:
            answer = request(ours, "/", client=client, tls=crt)
        except (OSError, ssl.SSLError, http.client.HTTPException):
            stage.holds("closed", True)
        else:
            raise Failed(f"a connection without a PROXY header was answered {answer.status}")


def judged(stage, front, reached, guard, crt):
    stage.passes(front, "api.example.com", CLIENT, "https", client=CLIENT, tls=crt)
    stage.forged(front, "api.example.com", CLIENT, client=CLIENT, tls=crt,
                 fields={"X-Forwarded-Proto": "http"})
    stage.blocked(front, "api.example.com", reached, guard, client=CLIENT, tls=crt)
    time.sleep(4)  # three health checks, one a second: had they failed, nothing would be sent to bartizan now
    stage.same("status after health checks", request(front, "/", client=CLIENT, tls=crt).status, 200)
