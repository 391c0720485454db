"""Proxies that behave, in what concerns forwarding fields, like those that one rents.

`load_balancer` does what the HTTP load balancers of large clouds do: it ends TLS, appends the address
of its peer to `X-Forwarded-For`, says the scheme and port of its own listener, adds a trace id, and
keeps `Host`. `cdn` does what content delivery networks do: it appends too, and adds fields of its own
that name the client."""

import http.client
import http.server

from stage import WAIT_S, serve


def load_balancer(stage, port, to, leaving_from, scheme="http", tls=None):
    def told(peer):
        return {"X-Forwarded-Proto": scheme, "X-Forwarded-Port": "443" if scheme == "https" else "80",
                "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678"}
    run(stage, port, to, leaving_from, told, tls)


def cdn(stage, port, to, leaving_from):
    def told(peer):
        return {"X-Forwarded-Proto": "https", "CF-Connecting-IP": peer, "True-Client-IP": peer, "Via": "1.1 edge"}
    run(stage, port, to, leaving_from, told)


def run(stage, port, to, leaving_from, told, tls=None):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self):
            peer = self.client_address[0]
            ours = {name.lower(): (name, value) for name, value in told(peer).items()}
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            upstream = http.client.HTTPConnection("127.0.0.1", to, timeout=WAIT_S, source_address=(leaving_from, 0))
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            forwarded = self.headers.get_all("X-Forwarded-For") or []
            for name, value in self.headers.items():
                if name.lower() not in {"connection", "x-forwarded-for", *ours}:
                    upstream.putheader(name, value)
            upstream.putheader("X-Forwarded-For", ", ".join([*forwarded, peer]))
            for name, value in ours.values():
                upstream.putheader(name, value)
            upstream.endheaders(body or None)
            response = upstream.getresponse()
            answer = response.read()
            self.send_response_only(response.status)
            for name, value in response.getheaders():
                if name.lower() not in {"connection", "content-length", "transfer-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            upstream.close()

        do_GET = do_POST = do_PUT = do_DELETE = pass_on

        def log_message(self, *_):
            pass

    stage.closing.append(serve(port, Handler, tls))
