"""One reader, one file, from begin to end: what cp, a checksum or a backup does."""
import os

from bench.clients import WHOLE
from bench.network import Loopback, OwnLoopback
from bench.seeds import Swarm

number = 1
title = "Cold sequential read"
text = ("One file is read once from its begin to its end, in calls of 1 MiB, from a fresh mount or client. `plain`, `aria2` and "
        "`transmission` download the same file. Seeds are libtorrent on the same machine. A client that is not through after 30 s is "
        "stopped; its rate is that of what it had read. Peak memory of `lt` and `bare` is left out: what was read is kept in it.")
MIB = 1 << 20


def run(bench):
    content = bench.content("sequential.bin", 256 if bench.quick else 1024)
    shapes = [(1, MIB)] if bench.quick else [(seeds, length) for seeds in (1, 4) for length in (MIB >> 2, MIB, 4 * MIB)]
    for seeds, length in shapes:
        torrent = content.torrent(length)
        size = f"{length >> 20} MiB" if length >= MIB else f"{length >> 10} KiB"
        setting = f"{seeds} seed{'s' * (seeds > 1)}, pieces of {size}"
        names = ["ours", "plain", "bare", "lt", "btfs"] + ["aria2"] * (length == MIB)
        measure(bench, setting, torrent, seeds, Loopback(), names)
        if length == MIB and not bench.quick and "transmission" in bench.clients.names and os.geteuid() == 0:
            measure(bench, setting, torrent, seeds, OwnLoopback(bench.breaker, seeds), ["transmission"])
    content.remove()


def measure(bench, setting, torrent, seeds, network, names):
    with Swarm(network, torrent, bench.folder, ["libtorrent"] * seeds) as swarm:
        slow = ["transmission"] if torrent.piece_length == MIB else ["transmission", "btfs"]
        for turn, name in bench.turns(names, slow=slow):
            workload = "download" if name in WHOLE else "sequential"
            answer = bench.run(setting, turn, name, workload, torrent, swarm.peers, inside=network.inside, ahead=16 * MIB,
                               timeout=180)
            if answer:
                peak = answer["peak"] / MIB if answer["peak"] and name not in ("lt", "bare") else None
                bench.note(setting, turn, name, rate=answer["rate"], first=answer.get("first"), cpu=answer["cpu"], peak=peak)
