#!/usr/bin/python3
"""web.py MODE HOST:PORT FOLDER [URL]: a web server with the files of a folder, good or bad. Prints a line for each request: path and range.

ranges     answers ranges, over connections that stay
whole      knows no ranges: 200 and the whole file
lies       answers ranges, with one byte wrong in each 16 KiB
hangs      takes requests and says nothing
redirects  sends everybody to the same path below URL
"""
import http.server
import os
import re
import socketserver
import sys
import threading
import urllib.parse

mode, address, folder = sys.argv[1:4]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        print(self.path, self.headers.get("Range", ""), flush=True)
        if mode == "hangs":
            threading.Event().wait()
        if mode == "redirects":
            return self.answer(302, [("Location", sys.argv[4] + self.path)])
        path = os.path.join(os.fsencode(folder), urllib.parse.unquote_to_bytes(self.path).lstrip(b"/"))
        if not os.path.isfile(path):
            return self.answer(404, [])
        size = os.path.getsize(path)
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        first, last = (int(asked[1]), int(asked[2])) if asked and mode != "whole" else (0, size - 1)
        with open(path, "rb") as file:
            file.seek(first)
            body = bytearray(file.read(last - first + 1))
        if mode == "lies":
            for at in range(-first % 16384, len(body), 16384):
                body[at] ^= 1
        if mode == "whole" or not asked:
            return self.answer(200, [], body)
        return self.answer(206, [("Content-Range", f"bytes {first}-{last}/{size}")], body)

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        # The client has had enough, which is its right.
        pass


host, port = address.rsplit(":", 1)
Server((host, int(port)), Handler).serve_forever()
