"""Sixty-four files read at once."""
from bench.network import Loopback
from bench.seeds import Swarm

number = 9
title = "Many readers"
text = ("64 readers, each of a file of its own in one torrent, all at the same time, from one libtorrent seed on the same machine; and one reader "
        "alone on a file of the same size as all together. A client is stopped after 30 s. The slowest reader is looked for half-way.")
MIB = 1 << 20


def run(bench):
    mib = 256 if bench.quick else 1024
    one, many = bench.content("single.bin", mib), bench.content("crowded", mib, count=64)
    alone, together = one.torrent(MIB), many.torrent(MIB)
    with Swarm(Loopback(), together, bench.folder, ["libtorrent"], also=alone) as swarm:
        for turn, name in bench.turns(["ours", "bare", "lt", "btfs"], slow=["btfs"]):
            answer = bench.run("64 readers", turn, name, "sequential", alone, swarm.peers, ahead=16 * MIB)
            if answer:
                bench.note("64 readers", turn, name, single=answer["rate"])
            answer = bench.run("64 readers", turn, name, "crowd", together, swarm.peers)
            if answer:
                bench.note("64 readers", turn, name, rate=answer["rate"], slowest=answer["slowest"], wait=answer["wait"])
    one.remove()
    many.remove()
