"""Reads all over a large file: what a database, an archive tool or an impatient viewer does."""
from bench.figures import percentile
from bench.network import Loopback
from bench.seeds import Swarm

number = 2
title = "Cold random reads"
text = "Reads of 64 KiB far apart in one large file, one after the other, pieces of 1 MiB, one libtorrent seed on the same machine."


def run(bench):
    content = bench.content("scattered.bin", 1024 if bench.quick else 4096)
    torrent = content.torrent(1 << 20)
    reads = 60 if bench.quick else 200
    setting = f"{reads} reads of 64 KiB"
    with Swarm(Loopback(), torrent, bench.folder, ["libtorrent"]) as swarm:
        for turn, name in bench.turns(["ours", "bare", "lt", "btfs"]):
            answer = bench.run(setting, turn, name, "scattered", torrent, swarm.peers, reads=reads)
            if answer:
                bench.note(setting, turn, name, p50=percentile(answer["times"], 0.5), p95=percentile(answer["times"], 0.95))
    content.remove()
