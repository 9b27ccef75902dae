#!/usr/bin/python3
"""Many peers in one process, which take down when they are asked for what.

    peers.py JSON      {"addresses": [HOST, …], "infohash": HEX, "file": PATH, "piece_length": BYTES, "delay": [LEAST, MOST]
                        seconds, "rate": bytes a second of each peer, "leeches": N, "seed": N}

Prints the ports as a JSON list. For each line on stdin it prints {"connected": N, "asked": [[piece, when], …]}: how many
were connected at most at a time, and when the first REQUEST for each piece was received, on the monotonic clock. Ends when stdin ends.

The first so many peers have half of the pieces and tell of a new one every other second; the others have all. Each answers after a
delay of its own, block after block at its rate. One thread and one epoll: when a REQUEST has come is when this process read it,
which is later than when it was on the wire.
"""
import heapq
import json
import os
import random
import select
import socket
import struct
import sys
import time

PROTOCOL = b"\x13BitTorrent protocol"
CHOKE, UNCHOKE, HAVE, BITFIELD, REQUEST, PIECE = 0, 1, 4, 5, 6, 7
HAVE_EVERY = 2.0


def message(kind, body=b""):
    return struct.pack(">IB", 1 + len(body), kind) + body


class Peer:
    """One peer, reachable at an address of its own; it takes one connection at a time."""

    def __init__(self, crowd, address, is_leech):
        self.crowd = crowd
        self.name = b"-BP0000-" + crowd.random.randbytes(12)
        self.delay = crowd.random.uniform(*crowd.job["delay"])
        self.pieces = {piece for piece in range(crowd.piece_count) if not is_leech or crowd.random.random() < 0.5}
        self.listener = socket.create_server((address, 0))
        self.listener.setblocking(False)
        self.link, self.unread, self.unsent, self.greeted = None, b"", bytearray(), False
        self.free_at = 0.0

    def connect(self):
        link, _ = self.listener.accept()
        self.close()
        link.setblocking(False)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link, self.unread, self.greeted = link, b"", False
        self.unsent.clear()

    def close(self):
        if self.link:
            self.crowd.forget(self.link)
            self.link.close()
            self.link = None

    def send(self, data):
        self.unsent += data
        self.flush()

    def flush(self):
        try:
            while self.unsent:
                del self.unsent[:self.link.send(self.unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self.close()

    def receive(self):
        try:
            data = self.link.recv(64 << 10)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        now = time.monotonic()
        if not data:
            self.close()
            return
        self.unread += data
        if not self.greeted and len(self.unread) >= 68:
            self.unread = self.unread[68:]
            self.greeted = True
            self.crowd.most = max(self.crowd.most, sum(peer.greeted and peer.link is not None for peer in self.crowd.peers))
            self.send(PROTOCOL + bytes(8) + bytes.fromhex(self.crowd.job["infohash"]) + self.name
                      + message(BITFIELD, self.bitfield()) + message(UNCHOKE))
        while self.greeted and len(self.unread) >= 4:
            end = 4 + struct.unpack_from(">I", self.unread)[0]
            if len(self.unread) < end:
                break
            if end > 4 and self.unread[4] == REQUEST:
                self.asked(now, *struct.unpack_from(">III", self.unread, 5))
            self.unread = self.unread[end:]

    def bitfield(self):
        bits = bytearray((self.crowd.piece_count + 7) // 8)
        for piece in self.pieces:
            bits[piece >> 3] |= 0x80 >> (piece & 7)
        return bytes(bits)

    def asked(self, now, piece, begin, length):
        self.crowd.first.setdefault(piece, now)
        self.free_at = max(self.free_at, now) + length / self.crowd.job["rate"]
        self.crowd.later(self.free_at + self.delay, self.serve, self.link, piece, begin, length)

    def serve(self, link, piece, begin, length):
        if link is self.link:
            data = os.pread(self.crowd.content, length, piece * self.crowd.job["piece_length"] + begin)
            self.send(message(PIECE, struct.pack(">II", piece, begin) + data))

    def tell(self):
        missing = self.crowd.random.randrange(self.crowd.piece_count)
        if self.link and self.greeted and missing not in self.pieces:
            self.pieces.add(missing)
            self.send(message(HAVE, struct.pack(">I", missing)))
        self.crowd.later(time.monotonic() + HAVE_EVERY, self.tell)


class Crowd:
    def __init__(self, job):
        self.job = job
        self.random = random.Random(job["seed"])
        self.content = os.open(job["file"], os.O_RDONLY)
        self.piece_count = -(-os.fstat(self.content).st_size // job["piece_length"])
        self.most = 0
        self.first = {}  # piece → when the first REQUEST for it was received
        self.due, self.order = [], 0
        self.epoll = select.epoll()
        self.peers = [Peer(self, address, index < job["leeches"]) for index, address in enumerate(job["addresses"])]
        self.listening = {peer.listener.fileno(): peer for peer in self.peers}
        self.linked = {}
        for number in [0, *self.listening]:
            self.epoll.register(number, select.EPOLLIN)
        for peer in self.peers[:job["leeches"]]:
            self.later(time.monotonic() + self.random.uniform(0, HAVE_EVERY), peer.tell)

    def later(self, when, what, *arguments):
        self.order += 1  # no two entries are equal
        heapq.heappush(self.due, (when, self.order, what, arguments))

    def forget(self, link):
        self.linked.pop(link.fileno(), None)
        self.epoll.unregister(link.fileno())

    def run(self):
        while True:
            wait = max(0.0, self.due[0][0] - time.monotonic()) if self.due else -1
            for number, event in self.epoll.poll(wait):
                if number == 0:
                    if not sys.stdin.readline():
                        return
                    self.answer()
                elif number in self.listening:
                    peer = self.listening[number]
                    peer.connect()
                    self.linked[peer.link.fileno()] = peer
                    self.epoll.register(peer.link.fileno(), select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
                    peer.receive()
                elif number in self.linked:
                    peer = self.linked[number]
                    if event & ~select.EPOLLOUT:
                        peer.receive()
                    if peer.link and event & select.EPOLLOUT:
                        peer.flush()
            while self.due and self.due[0][0] <= time.monotonic():
                _, _, what, arguments = heapq.heappop(self.due)
                what(*arguments)

    def answer(self):
        print(json.dumps({"connected": self.most, "asked": list(self.first.items())}), flush=True)


def main():
    crowd = Crowd(json.loads(sys.argv[1]))
    print(json.dumps([peer.listener.getsockname()[1] for peer in crowd.peers]), flush=True)
    crowd.run()


if __name__ == "__main__":
    main()
