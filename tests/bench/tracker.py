"""A tracker that tells everybody the same peers: for clients that take no peer from their command line, and for lists of dead ones."""
import http.server
import socket
import struct
import threading
import time

from bench.content import bencode


def with_tracker(torrent, url, path):
    """Writes the .torrent again, with a tracker in it. Ours begin with the info dictionary."""
    with open(torrent, "rb") as original, open(path, "wb") as out:
        out.write(b"d8:announce" + bencode(url) + original.read()[1:])


class Tracker:
    """Answers announces on a port of 127.0.0.1 until close()."""

    def __init__(self, peers):
        compact = b"".join(socket.inet_aton(host) + struct.pack(">H", port) for host, port in peers)
        answer = bencode({"interval": 1800, "peers": compact})

        self.told_at = None  # when the first client got its answer, on the monotonic clock
        tracker = self

        class Announce(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                tracker.told_at = tracker.told_at or time.monotonic()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Announce)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/announce"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
