"""The programs that answer in the world outside, each run in its own namespace.

``python -m nslab_kernel.linux.servers web [CERTIFICATE]`` serves a page that tells the caller which address it was seen
with, by https, too, where it has a file with a certificate and its key;
``... echo`` sends back what it gets, by TCP and UDP (RFC 862). Standard library only, so that they start quickly.
"""

from __future__ import annotations

import socket
import socketserver
import ssl
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ..core.operations.internet import ECHOING, FAMOUS, WEB

WEB_PORT = 80
SECURE_PORT = 443
ECHO_PORT = 7


class WebPage(BaseHTTPRequestHandler):
    """Answers every GET with who is asking: after NAT that is the translated address."""

    def do_GET(self) -> None:
        """Send the page; `http.server` calls this for a GET request."""
        caller = self.client_address[0].removeprefix("::ffff:")
        name = self.headers.get("Host", "").partition(":")[0].lower()
        if name in ECHOING:
            body = f"{caller}\n".encode()
        elif name in FAMOUS:
            body = f"Hello from {name}, made up by nslab\nyou are {caller}\n".encode()
        else:
            body = f"Hello from {WEB.name}\nyou are {caller}\n".encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: nobody reads this process's stderr."""


class DualStackServer(ThreadingHTTPServer):
    """Listens on IPv6 and IPv4 at once (RFC 3493, 5.3)."""

    address_family = socket.AF_INET6
    daemon_threads = True

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        # HTTPServer.server_bind would look its own name up, and there is nobody to ask yet.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "www.example.com", self.server_address[1]


class EchoStream(socketserver.BaseRequestHandler):
    """Sends a TCP caller's bytes back until it closes."""

    def handle(self) -> None:
        while data := self.request.recv(4096):
            self.request.sendall(data)


class EchoDatagram(socketserver.BaseRequestHandler):
    """Sends a UDP caller's datagram back."""

    def handle(self) -> None:
        data, answering = self.request
        answering.sendto(data, self.client_address)


class EchoTCPServer(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True


class EchoUDPServer(socketserver.ThreadingUDPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


def web() -> None:
    """Serve the page for ever."""
    if len(sys.argv) > 2:
        secure = DualStackServer(("::", SECURE_PORT), WebPage)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
        secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=secure.serve_forever, daemon=True).start()
    DualStackServer(("::", WEB_PORT), WebPage).serve_forever()


def echo() -> None:
    """Echo for ever."""
    datagrams = EchoUDPServer(("::", ECHO_PORT), EchoDatagram)
    threading.Thread(target=datagrams.serve_forever, daemon=True).start()
    EchoTCPServer(("::", ECHO_PORT), EchoStream).serve_forever()


if __name__ == "__main__":
    {"web": web, "echo": echo}[sys.argv[1]]()
