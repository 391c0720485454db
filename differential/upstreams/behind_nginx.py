"""What stands behind nginx: reads strictly what nginx sends, and tells it."""

import os
import socketserver
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import strict  # noqa: E402
from seen import Log  # noqa: E402

log = Log(os.environ["SEEN_LOG"])


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data = b""
        while True:
            stream = strict.requests(data, strict.Rules(raw_targets=True))
            if stream.messages:
                break
            if stream.state == "bad":
                self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                return
            piece = self.request.recv(65536)
            if not piece:
                return
            data += piece
        message = stream.messages[0]
        route = next((v.decode() for k, v in message.fields if k == b"X-Seen-Route"), None)
        fields = [it for it in message.fields if it[0] != b"X-Seen-Route"]
        line = log.seen(message.method, message.sent_target, fields, message.body, None, route)
        if message.method == b"HEAD":
            line = b""
        self.request.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-seen: 1\r\n"
                             b"connection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(line), line))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
