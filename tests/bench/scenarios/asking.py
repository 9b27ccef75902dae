"""From a read to the first REQUEST for it, with many peers connected."""
import json
import os
import subprocess

from bench.figures import percentile
from bench.processes import HERE, PYTHON, BenchFailed, end, start

number = 5
title = "From a read to the first REQUEST"
text = ("200 peers on the same machine: 150 seeds, and 50 that have half of the pieces and tell of new ones, each 20 to 120 ms away and with "
        "50 kB/s. Reads of 64 KiB far apart in one file with pieces of 1 MiB, 50 ms after the one before; with nothing else, and while the "
        "whole torrent is being downloaded. From the reader's system call to when a peer has read the first REQUEST for that piece from its "
        "socket, so both ends of the kernel and the wake-up of the peer, a program in Python, are in the time.")
MIB = 1 << 20
PEERS, LEECHES, DELAY, RATE = 200, 50, (0.01, 0.06), 50_000


def run(bench):
    content = bench.content("asking.bin", 512 if bench.quick else 1024)
    torrent = content.torrent(MIB)
    reads = 60 if bench.quick else 300
    for background in (False, True):
        setting = "during a download" if background else "nothing else"
        for turn, name in bench.turns(["ours", "lt"] if background else ["ours", "bare", "lt"]):
            with Peers(torrent) as peers:
                answer = bench.run(setting, turn, name, "scattered", torrent, peers.at, background=background, tracker=peers.at,
                                   options=[f"--max-peers={PEERS}"], reads=reads, pause=0.05, settle=15, timeout=600)
                if answer:
                    times = peers.asked_after(answer["began"])
                    bench.note(setting, turn, name, asked50=percentile(times, 0.5), asked99=percentile(times, 0.99))
    content.remove()


class Peers:
    """The process that plays all of them."""

    def __init__(self, torrent):
        addresses = [f"127.0.5.{index + 1}" for index in range(PEERS)]
        job = {"addresses": addresses, "infohash": torrent.infohash, "file": torrent.content.files[0], "piece_length": torrent.piece_length,
               "delay": DELAY, "rate": RATE, "leeches": LEECHES, "seed": 5}
        self._process = start([PYTHON, os.path.join(HERE, "peers.py"), json.dumps(job)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True)
        self.at = list(zip(addresses, json.loads(self._process.stdout.readline())))

    def asked_after(self, began):
        """Milliseconds from each read to the first REQUEST for its piece, without the reads of pieces that had been asked for before."""
        print("asked", file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if answer["connected"] < PEERS:
            raise BenchFailed(f"only {answer['connected']} of {PEERS} peers were connected")
        asked = dict(answer["asked"])
        times = [(asked[piece] - when) * 1e3 for piece, when in began if asked.get(piece, 0) > when]
        if len(times) < len(began) / 3:
            raise BenchFailed(f"only {len(times)} of {len(began)} reads were of pieces that nobody had asked for")
        return times

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        end(self._process)
        self._process.stdout.close()
