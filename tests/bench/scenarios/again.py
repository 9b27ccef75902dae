"""What was read before comes from the cache on the disk."""
import os
import tempfile

from bench.network import Loopback
from bench.processes import BenchFailed
from bench.seeds import Swarm

number = 8
title = "Warm reads"
text = ("A file is read once; then again with the kernel's caches dropped, in turns with the original as an ordinary file on the same disk. "
        "4 KiB reads are of data that is in the cache but not in the mount's own pages, from one thread. "
        "A client that has not read the file within 60 s reads again only what it had.")


def run(bench):
    if os.geteuid() != 0:
        raise BenchFailed("dropping the kernel's caches needs root")
    content = bench.content("again.bin", 256 if bench.quick else 1024, on_disk=True)
    torrent = content.torrent(1 << 20)
    homes = tempfile.mkdtemp(dir=bench.disk, prefix="homes-")
    with Swarm(Loopback(), torrent, bench.folder, ["libtorrent"]) as swarm:
        for turn, name in bench.turns(["ours", "btfs"], 1, slow=["btfs"]):
            answer = bench.run("one file", turn, name, "warm", torrent, swarm.peers, folder=homes, limit=60, rounds=max(3, bench.repeat))
            if answer:
                for warm, disk in zip(answer["warm"], answer["disk"]):
                    bench.note("one file", turn, name, warm=warm, disk=disk)
                bench.note("one file", turn, name, small=answer["small"])
    content.remove()
