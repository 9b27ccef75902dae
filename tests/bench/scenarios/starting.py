"""How soon there is something to read."""
import random
import socket

from bench.network import Loopback
from bench.seeds import Swarm

number = 6
title = "The first byte"
text = ("From the start of the client (for `lt`: from adding the torrent) to the listing and to the first byte of a file. "
        "In one setting a tracker names 25 dead addresses, 25 that swallow every packet, and one libtorrent seed among them; the time "
        "counts from the tracker's answer. In the other a magnet link names one seed and nothing else.")


class BadAddresses:
    """Addresses where nobody answers: dead ones refuse at once, black holes never say a word."""

    def __init__(self, dead, black):
        self.addresses = [(f"127.0.3.{index + 1}", 9) for index in range(dead)]
        self._sockets = []
        for index in range(black):
            listener = socket.create_server((f"127.0.4.{index + 1}", 0), backlog=0)
            at = listener.getsockname()
            # The one place in the queue is taken; the kernel drops whoever comes after.
            for _ in range(2):
                visitor = socket.socket()
                visitor.setblocking(False)
                visitor.connect_ex(at)
                self._sockets.append(visitor)
            self._sockets.append(listener)
            self.addresses.append(at)

    def close(self):
        for socket_ in self._sockets:
            socket_.close()


def run(bench):
    content = bench.content("starting.bin", 64)
    torrent = content.torrent(1 << 20)
    repeat = 1 if bench.quick else max(bench.repeat, 5)
    with Swarm(Loopback(), torrent, bench.folder, ["libtorrent"]) as swarm:
        setting = "magnet with one known peer"
        for turn, name in bench.turns(["ours", "lt", "btfs"], repeat):
            answer = bench.run(setting, turn, name, "launch", torrent, swarm.peers,
                               magnet=torrent.magnet(swarm.peers), wait_for_peers=False)
            if answer:
                bench.note(setting, turn, name, listing=answer["listing"], start=answer["first"])
        setting = "50 bad addresses and one seed"
        bad = BadAddresses(25, 25)
        try:
            for turn, name in bench.turns(["ours", "lt", "btfs"], repeat):
                told = [*bad.addresses, *swarm.peers]
                random.Random(turn).shuffle(told)
                answer = bench.run(setting, turn, name, "launch", torrent, [], magnet="", tracker=told, wait_for_peers=False)
                if answer:
                    bench.note(setting, turn, name, known=answer["known"])
        finally:
            bad.close()
    content.remove()
