"""A cache that is much smaller than what is read through it."""
from bench.network import Loopback
from bench.seeds import Swarm

number = 11
title = "A bounded cache"
text = ("One file is read from its begin to its end and then again, in parts of 1 MiB in any order, with a cache of a tenth of its size; and each way "
        "once with one that has room for all of it and nothing in it. What the cache takes on the disk is looked at every 50 ms.")
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
            def read(size, *orders, turn=turn, name=name):
                return bench.run(setting, turn, name, "filling", torrent, swarm.peers, options=[f"--cache-size={size}"], orders=orders, timeout=600)

            on, anywhere, bound = read("8GiB", "on"), read("8GiB", "anywhere"), read(f"{limit}MiB", "on", "anywhere")
            if on and anywhere and bound:
                bench.note(setting, turn, name, on=bound["on"], on_free=on["on"], anywhere=bound["anywhere"],
                           anywhere_free=anywhere["anywhere"], over=bound["most"] - limit)
    content.remove()
