"""A read that cannot wait, while the seeds are busy with everything else."""
from bench.figures import percentile
from bench.network import Lines, Loopback
from bench.seeds import Swarm

number = 4
title = "An urgent piece during a download"
text = ("Every two seconds a random piece of 1 MiB that nobody has asked for yet, while the whole torrent is being downloaded: `ours` with "
        "`--prefetch=all`, `lt` with a deadline for the piece, `bare` without any download beside it. Ten seeds, each limited to 500 kB/s by "
        "itself; or unequal ones behind lines: two of 16, four of 4 and two of 0.8 Mbit/s, and two of 4 Mbit/s that fall silent "
        "for 3 s about every 10 s.")
MIB = 1 << 20
PIECE_OVER_ALL = 0.004  # seconds: limited seeds have a second's share saved up if they were asked for less; sooner than this it was there already
MIXED = [16, 16, 4, 4, 4, 4, 0.8, 0.8, 4, 4]  # Mbit/s


def run(bench):
    content = bench.content("pressing.bin", 1024 if bench.quick else 2048)
    torrent = content.torrent(MIB)
    limited = [500_000] * 10
    for kind in ["libtorrent"] if bench.quick else ["libtorrent", "transmission"]:
        with Swarm(Loopback(), torrent, bench.folder, [kind] * 10, rates=limited) as swarm:
            measure(bench, f"10 {kind} seeds", torrent, swarm, None)
    network = Lines(bench.breaker, len(MIXED), mbit=MIXED, delay=0.025, stall=[10, 3], stalling=(8, 9))
    with Swarm(network, torrent, bench.folder, ["libtorrent"] * len(MIXED)) as swarm:
        measure(bench, "mixed and stalling seeds", torrent, swarm, network.inside)
    content.remove()


def measure(bench, setting, torrent, swarm, inside):
    for turn, name in bench.turns(["ours", "lt", "bare"], slow=["bare"]):
        sent = swarm.sent()
        answer = bench.run(setting, turn, name, "urgent", torrent, swarm.peers, inside=inside, background=name != "bare",
                           reads=6 if bench.quick else 20, run_in=3 if bench.quick else 5, limit=60, present_below=PIECE_OVER_ALL, timeout=600)
        if answer:
            sent = None if sent is None else (swarm.sent() - sent) / answer["lasted"] / 1e6
            bench.note(setting, turn, name, urgent50=percentile(answer["times"], 0.5), urgent90=percentile(answer["times"], 0.9),
                       background=sent)
