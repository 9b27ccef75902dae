"""Four seeds at the end of thin lines: what home connections are like."""
from bench.clients import WHOLE
from bench.figures import percentile
from bench.network import Lines
from bench.seeds import Swarm

number = 3
title = "Thin and long lines"
text = ("Four libtorrent seeds, each behind a line of 20 Mbit/s with a round trip of 50 ms; pieces of 1 MiB. A copy of one file; random "
        "reads of 64 KiB; and a player at 5 Mbit/s that jumps about: it reads 64 KiB after 64 KiB, shows the picture when half a second "
        "is there, and reads two seconds ahead. A stall is a read that comes later than the picture needs it. The second reader reads "
        "64 KiB somewhere, rests for a quarter of a second, and again.")
MIB = 1 << 20


def run(bench):
    content = bench.content("lines.bin", 512)
    small = bench.content("copied.bin", 32 if bench.quick else 128)
    network = Lines(bench.breaker, 4, mbit=20, delay=0.025)
    with Swarm(network, content.torrent(MIB), bench.folder, ["libtorrent"] * 4, also=small.torrent(MIB)) as swarm:
        where = {"inside": network.inside}
        for turn, name in bench.turns(["ours", "plain", "bare", "lt", "btfs", "aria2", "transmission"], slow=["btfs", "aria2", "transmission"]):
            workload = "download" if name in WHOLE else "sequential"
            answer = bench.run("copy", turn, name, workload, small.torrent(MIB), swarm.peers, ahead=8 * MIB, limit=60, timeout=150, **where)
            if answer:
                bench.note("copy", turn, name, rate=answer["rate"])
        readers = ["ours", "bare", "lt", "btfs"]
        reads = 15 if bench.quick else 60
        for turn, name in bench.turns(readers, slow=["btfs"]):
            answer = bench.run("random 64 KiB", turn, name, "scattered", content.torrent(MIB), swarm.peers, reads=reads,
                               timeout=900, **where)
            if answer:
                bench.note("random 64 KiB", turn, name, p50=percentile(answer["times"], 0.5), p95=percentile(answer["times"], 0.95))
        for beside in (False, True):
            setting = "player and a second reader" if beside else "player"
            for turn, name in bench.turns(readers, slow=["btfs"]):
                answer = bench.run(setting, turn, name, "play", content.torrent(MIB), swarm.peers, beside=beside,
                                   seeks=5 if bench.quick else 20, watch=2, limit=60, timeout=900, **where)
                if answer:
                    bench.note(setting, turn, name, p50=percentile(answer["times"], 0.5), p95=percentile(answer["times"], 0.95),
                               stalls=answer["stalls"])
    content.remove()
    small.remove()
