"""A server on this machine that answers as newsrooms do, the bad ones too."""

import gzip
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

PAGE = b"<html><body><p>The talks go on.</p></body></html>"


class Newsroom(BaseHTTPRequestHandler):
    """Answers as the newsrooms of this world do, the bad ones too."""

    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def log_message(self, *_):
        pass

    def answer(self, status=200, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        with suppress(OSError):  # the reader has had enough
            self.wfile.write(body)

    def do_GET(self):
        self.asked.append((self.path, dict(self.headers)))
        name = self.path.partition("?")[0].strip("/").partition("/")[0]
        getattr(self, f"give_{name}", lambda: self.answer(404))()

    def give_page(self):
        self.answer(body=PAGE)

    def give_stamped(self):
        if self.headers.get("If-None-Match") == '"v1"':
            self.answer(304)
        else:
            self.answer(body=PAGE, ETag='"v1"', Last_Modified=formatdate(0, usegmt=True))

    def give_loop(self):
        self.answer(302, Location="/loop")

    def give_long(self):
        step = int(self.path.rpartition("/")[2] or 0) if "/" in self.path[1:] else 0
        self.answer(302, Location=f"/long/{step + 1}")

    def give_moved(self):
        self.answer(301, Location="/page")

    def give_file(self):
        self.answer(302, Location="file:///etc/hostname")

    def give_zipped(self):
        self.answer(body=gzip.compress(PAGE), Content_Encoding="gzip")

    def give_deflated(self):
        self.answer(body=zlib.compress(PAGE), Content_Encoding="deflate")

    def give_bomb(self):
        self.answer(body=gzip.compress(bytes(30_000_000)), Content_Encoding="gzip")

    def give_damaged(self):
        self.answer(body=b"\x1f\x8b\x08\x00 no gzip at all", Content_Encoding="gzip")

    def give_brotli(self):
        self.answer(body=PAGE, Content_Encoding="br")

    def give_huge(self):
        self.answer(body=bytes(3_000_000))

    def give_endless(self):
        self.answer()
        with suppress(OSError):
            while True:
                self.wfile.write(b"<item>more</item>")
                time.sleep(0.05)

    def give_short(self):
        self.answer(body=PAGE, Content_Length="9999")


@contextmanager
def newsroom():
    Newsroom.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Newsroom)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
