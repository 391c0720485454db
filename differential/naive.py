"""The control: a forwarder as careless ones are. It must make the test fail, or the test is blind.

It finds the end of a head, trusts the first number behind `Content-Length`, else looks for the end of
chunks, and passes the client's bytes on as they came, over connections that it keeps.
"""

import re
import socket
import socketserver
import sys
import threading

import strict

UPSTREAM = ("127.0.0.1", int(sys.argv[1]))
JUDGED = open(sys.argv[2], "ab", buffering=0)
idle, lock = [], threading.Lock()


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(0.5)
        data = b""
        try:
            while True:
                end = None
                while not (end := re.search(rb"\r?\n\r?\n", data)):
                    data += self.more()
                head, data = data[:end.end()], data[end.end():]
                length = re.search(rb"\ncontent-length[^\d\n]*(\d+)", head, re.I)
                if length:
                    while len(data) < int(length[1]):
                        data += self.more()
                    body, data = data[:int(length[1])], data[int(length[1]):]
                elif re.search(rb"\ntransfer-encoding:[^\n]*chunked", head, re.I):
                    while not (end := re.search(rb"(?:^|\n)0[^\n]*\n\r?\n", data)):
                        data += self.more()
                    body, data = data[:end.end()], data[end.end():]
                else:
                    body = b""
                JUDGED.write(head.split(b"\r\n")[0][:200].replace(b"\n", b" ") + b"\n")
                self.forward(head + body, head.split(b" ")[0])
        except (OSError, EOFError):
            return
        finally:
            JUDGED.write(b"end\n")

    def more(self):
        piece = self.request.recv(65536)
        if not piece:
            raise EOFError
        return piece

    def forward(self, message, method):
        with lock:
            link = idle.pop() if idle else socket.create_connection(UPSTREAM)
        link.settimeout(0.15)
        link.sendall(message)
        answer = b""
        try:
            while not strict.responses(answer, [method]).messages:
                piece = link.recv(65536)
                if not piece:
                    break
                answer += piece
        except TimeoutError:
            pass
        self.request.sendall(answer or b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
        if answer and b"connection: close" not in answer.lower():
            with lock:
                idle.append(link)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 256


server = Server(("127.0.0.1", 0), Handler)
print("listening", server.server_address[1], flush=True)
server.serve_forever()
