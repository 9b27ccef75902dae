"""A cache that is much smaller than what is read through it."""
from bench.network import Loopback
from bench.seeds import Swarm

number = 11
title = "A bounded cache"
text = ("One file is read from its begin to its end and then again, in parts of 1 MiB in any order, with a cache of a tenth of its size, and with one "
        "that has room for all of it. What the cache takes on the disk is looked at every 50 ms.")
MIB = 1 << 20
PIECE = MIB


def run(bench):
    mib = 512 if bench.quick else 2048
    limit = mib // 10
    content = bench.content("bounded.bin", mib)
    torrent = content.torrent(PIECE)
    setting = f"{mib} MiB through {limit} MiB"
    with Swarm(Loopback(), torrent, bench.folder, ["libtorrent"]) as swarm:
        for turn, name in bench.turns(["ours"]):
            free = bench.run(setting, turn, name, "filling", torrent, swarm.peers, options=["--cache-size=8GiB"], timeout=600)
            bound = bench.run(setting, turn, name, "filling", torrent, swarm.peers, options=[f"--cache-size={limit}MiB"], timeout=600)
            if free and bound:
                bench.note(setting, turn, name, on=bound["on"], on_free=free["on"], anywhere=bound["anywhere"], anywhere_free=free["anywhere"],
                           over=bound["most"] - limit)
    content.remove()
