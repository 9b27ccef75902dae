"""A mount that nobody has touched for a while."""
import concurrent.futures

from bench.network import Loopback
from bench.seeds import Swarm

number = 7
title = "After idling"
text = ("The first read of 64 KiB after the mount, and one after a rest: 10 minutes in the full run. All clients rest at the same time, "
        "several mounts of each, on one libtorrent seed, which closes connections that ask for nothing for a minute.")


def run(bench):
    content = bench.content("resting.bin", 64 if bench.quick else 256)
    torrent = content.torrent(1 << 20)
    names = [name for name in ("ours", "lt", "btfs") if name in bench.clients.names]
    rounds = range(2 if bench.quick else 5)
    setting = f"{bench.idle:g} s"
    with Swarm(Loopback(), torrent, bench.folder, ["libtorrent"]) as swarm, \
            concurrent.futures.ThreadPoolExecutor(len(names) * len(rounds)) as threads:
        # One starts after the other, so that no two read at the same time.
        jobs = [(turn, name, threads.submit(bench.run, setting, turn, name, "idle", torrent, swarm.peers, idle=bench.idle,
                                            settle=1.0 + 2.0 * (turn * len(names) + rank), seed=turn, timeout=bench.idle + 180))
                for turn in rounds for rank, name in enumerate(names)]
        for turn, name, job in jobs:
            if answer := job.result():
                bench.note(setting, turn, name, before=answer["first"], after=answer["later"])
    content.remove()
