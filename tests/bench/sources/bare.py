"""The floor: a client that asks for just what is read, on plain sockets, with its pieces in memory and without any scheduling."""
import collections
import hashlib
import select
import socket
import struct
import time

from bench.sources.greeting import greet
from bench.sources.source import PieceSource, Ticket

BLOCK = 16 << 10
MOST_OWED = 1500  # requests: libtorrent drops those beyond 2000
CHOKE, UNCHOKE, REQUEST, PIECE = 0, 1, 6, 7
HEAD = struct.Struct(">IBII")  # length, id, piece, begin


class Peer:
    def __init__(self, at, infohash):
        self.link = greet(at, infohash)
        self.buffer = bytearray(512 << 10)
        self.view = memoryview(self.buffer)
        self.filled = 0
        self.asks, self.owed = collections.deque(), 0
        self.choked = True


    def ask(self):
        """Sends what may be sent."""
        count = min(len(self.asks), MOST_OWED - self.owed)
        if count:
            self.owed += count
            self.link.setblocking(True)
            self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            self.link.sendall(b"".join(self.asks.popleft() for _ in range(count)))
            self.link.setblocking(False)


class Piece:
    __slots__ = ("data", "missing")

    def __init__(self, length):
        self.data = memoryview(bytearray(length))
        self.missing = set(range(0, length, BLOCK))


class BareSource(PieceSource):
    def __init__(self, job):
        super().__init__(job)
        self.job = job
        self.infohash, self.hashes = job["infohash"], None
        self.peers, self.turn = [], 0
        self.opened = {}

    def open(self):
        with open(self.job["torrent"], "rb") as torrent:
            meta = torrent.read()
        at = meta.index(b"6:pieces") + 8
        self.hashes = meta[meta.index(b":", at) + 1:]
        self.started = time.monotonic()
        self.peers = [Peer(tuple(peer), self.infohash) for peer in self.job["peers"]]
        self.epoll = select.epoll()
        self.by_number = {peer.link.fileno(): peer for peer in self.peers}
        for peer in self.peers:
            peer.link.setblocking(False)
            self.epoll.register(peer.link.fileno(), select.EPOLLIN)
        while any(peer.choked for peer in self.peers):
            self.pump(10)
        self.listed = time.monotonic()

    def start(self, file, offset, length, ahead=0, owner=0):
        ticket = Ticket(owner, file, offset, length)
        needed = self.pieces(file, offset, length)
        wanted = self.wanted.setdefault(owner, set())
        self.behind(owner, needed[0])
        for piece in self.pieces(file, offset, min(length + ahead, self.file_size - offset)):
            wanted.add(piece)
            if piece not in self.opened and piece not in self.have:
                self.request(piece)
        self.tickets.append(ticket)
        self.answer()
        return ticket

    def forget(self, owner):
        for piece in self.wanted.pop(owner, ()):
            self.release(piece)  # what is on its way comes all the same

    def request(self, piece):
        total = self.file_size * self.file_count
        length = min(self.piece_length, total - piece * self.piece_length)
        self.opened[piece] = Piece(length)
        for begin in range(0, length, BLOCK):
            self.peers[self.turn % len(self.peers)].asks.append(struct.pack(">IBIII", 13, REQUEST, piece, begin, min(BLOCK, length - begin)))
            self.turn += 1
        for peer in self.peers:
            peer.ask()

    def wait(self, timeout):
        if not self.finished:
            self.pump(timeout)
        done, self.finished = self.finished, []
        return done

    def pump(self, timeout):
        for number, _ in self.epoll.poll(timeout):
            peer = self.by_number[number]
            received = peer.link.recv_into(peer.view[peer.filled:])
            if not received:
                raise RuntimeError("bare: a seed closed the connection")
            peer.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            peer.filled += received
            self.parse(peer)

    def parse(self, peer):
        view, end, at = peer.view, peer.filled, 0
        while end - at >= 4:
            length = int.from_bytes(view[at:at + 4], "big")
            if end - at < 4 + length:
                break
            kind = view[at + 4] if length else -1
            if kind == PIECE:
                _, _, piece, begin = HEAD.unpack_from(view, at)
                peer.owed -= 1
                self.block(piece, begin, view[at + 13:at + 4 + length])
            elif kind == UNCHOKE:
                peer.choked = False
            elif kind == CHOKE:
                raise RuntimeError("bare: a seed choked it")
            at += 4 + length
        if peer.asks:
            peer.ask()
        if at:
            peer.buffer[:end - at] = peer.buffer[at:end]
            peer.filled = end - at

    def block(self, index, begin, data):
        piece = self.opened[index]
        piece.data[begin:begin + len(data)] = data
        piece.missing.discard(begin)
        if not piece.missing:
            if hashlib.sha1(piece.data).digest() != self.hashes[index * 20:index * 20 + 20]:
                raise RuntimeError(f"bare: piece {index} is wrong")
            del self.opened[index]
            if any(index in wanted for wanted in self.wanted.values()):
                self.have[index] = piece.data
            self.answer()
