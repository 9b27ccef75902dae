#!/usr/bin/python3
"""An HTTP tracker at one address that names whoever announced itself, over IPv4 and IPv6; Debian's opentracker speaks IPv4 only.

tracker.py ADDRESS PORT
"""
import http.server
import ipaddress
import socket
import sys
import urllib.parse

swarms = {}  # infohash → {(address, port)}


def text(value):
    return b"%d:%s" % (len(value), value)


class Tracker(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(self.path.partition("?")[2], encoding="latin-1")
        swarm = swarms.setdefault(query["info_hash"][0], set())
        us = (ipaddress.ip_address(self.client_address[0]), int(query["port"][0]))
        peers = {4: b"", 6: b""}
        for address, port in swarm - {us}:
            peers[address.version] += address.packed + port.to_bytes(2, "big")
        swarm.add(us)
        body = b"d8:intervali60e5:peers" + text(peers[4]) + b"6:peers6" + text(peers[6]) + b"e"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *what):
        print(self.address_string(), *what[1:], flush=True)


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
    daemon_threads = True


with Server((sys.argv[1], int(sys.argv[2])), Tracker) as server:
    server.serve_forever()
