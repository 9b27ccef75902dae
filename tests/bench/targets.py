"""What was promised, and whether the figures keep it."""
import dataclasses
import fnmatch


@dataclasses.dataclass(frozen=True)
class Target:
    """For ours: a bound on a metric, absolute, or as a multiple of another client's, or of another metric of ours.

    Where more is better the bound is the least, otherwise the most. It holds for every setting that fits the pattern.
    """

    scenario: int
    metric: str
    bound: float
    against: str = ""  # a client, or a metric of ours
    settings: str = "*"
    text: str = ""


TARGETS = [
    Target(1, "rate", 1.0, "plain", text="at least as fast as libtorrent's plain download"),
    Target(1, "first", 1.5, "bare", text="first byte within 1.5 times the bare client's"),
    Target(1, "cpu", 1.2, "plain", text="CPU for each GB at most 1.2 times plain's"),
    Target(1, "peak", 200, text="at most 200 MiB of memory"),
    Target(2, "p50", 1.5, "bare", text="median within 1.5 times the bare client's"),
    Target(2, "p95", 1.5, "bare", text="95th percentile within 1.5 times the bare client's"),
    Target(3, "rate", 9.3, settings="copy", text="at least 9.3 MB/s of the 9.4 that the lines carry"),
    Target(3, "p50", 1.2, "bare", settings="random*", text="random reads: median within 1.2 times the bare client's"),
    Target(3, "p95", 1.2, "bare", settings="random*", text="random reads: 95th percentile within 1.2 times the bare client's"),
    Target(3, "p50", 1.2, "bare", settings="player*", text="after a seek: median within 1.2 times the bare client's"),
    Target(3, "p95", 1.2, "bare", settings="player*", text="after a seek: 95th percentile within 1.2 times the bare client's"),
    Target(3, "stalls", 0, settings="player*", text="no stall between seeks"),
    Target(4, "urgent50", 0.45, settings="10 libtorrent*", text="median at most 0.45 s"),
    Target(4, "urgent90", 0.8, settings="10 libtorrent*", text="90th percentile at most 0.8 s"),
    Target(4, "urgent50", 0.25, "lt", settings="10 transmission*", text="median at most a quarter of libtorrent's"),
    Target(4, "urgent50", 0.25, "lt", settings="mixed*", text="median at most a quarter of libtorrent's"),
    Target(5, "asked99", 1.0, text="99 of 100 reads have asked a peer within 1 ms"),
    Target(6, "known", 1.0, text="first byte within 1 s of the good seed being known"),
    Target(6, "listing", 0.15, text="listing within 0.15 s"),
    Target(6, "start", 0.3, text="first byte of a file within 0.3 s"),
    Target(7, "after", 1.25, "before", text="a read after idling as fast as the first one, within a quarter"),
    Target(8, "warm", 0.8, "disk", text="at least 0.8 of an ordinary file on the same disk"),
    # 74,000/s was the best that a FUSE file system in C# that answers from memory reached on 2 cores, 45,000/s its median.
    Target(8, "small", 37_000, text="4 KiB reads of cached data: half the 74,000/s of a file system that answers from memory"),
    Target(9, "rate", 0.8, "single", text="64 readers together at least 0.8 of the single sequential rate"),
    Target(11, "on", 0.8, "on_free", text="reading on through a bounded cache at least 0.8 of an unbounded one"),
    Target(11, "anywhere", 0.8, "anywhere_free", text="reading anywhere likewise, though most has to be fetched again"),
    Target(11, "over", 1, text="the disk never holds more than the limit and a piece"),
    Target(9, "slowest", 0.5, text="no reader starved: the slowest has half the mean"),
]


@dataclasses.dataclass(frozen=True)
class Verdict:
    target: Target
    setting: str
    value: float
    bound: float
    met: bool


def verdicts(figures, metrics, scenario):
    """One for each target and setting that was measured."""
    for target in TARGETS:
        if target.scenario != scenario:
            continue
        for setting in figures.distinct(figures.of(scenario, metric=target.metric, client="ours"), "setting"):
            if not fnmatch.fnmatch(setting, target.settings):
                continue
            value = figures.median(scenario, setting, target.metric, "ours")
            bound = target.bound
            if target.against:
                other = (target.against, "ours") if target.against in metrics else (target.metric, target.against)
                reference = figures.median(scenario, setting, *other)
                if reference is None:
                    continue
                bound *= reference
            met = value >= bound if metrics[target.metric].more_is_better else value <= bound
            yield Verdict(target, setting, value, bound, met)
