"""What was measured: a flat list, so that tables, charts and verdicts are all drawn from the same thing."""
import dataclasses
import statistics


def percentile(values, of):
    return sorted(values)[min(len(values) - 1, int(len(values) * of))]


@dataclasses.dataclass(frozen=True)
class Metric:
    """A kind of figure: under its key in every row, with the title and unit that tables and charts give it."""

    key: str
    title: str
    unit: str
    more_is_better: bool = False


METRICS = {metric.key: metric for metric in [
    Metric("rate", "rate", "MB/s", True),
    Metric("first", "first byte", "ms"),
    Metric("cpu", "CPU of the client", "s/GB"),
    Metric("peak", "peak memory", "MiB"),
    Metric("p50", "median", "ms"),
    Metric("p95", "95th percentile", "ms"),
    Metric("stalls", "stalls of the player", ""),
    Metric("urgent50", "median", "s"),
    Metric("urgent90", "90th percentile", "s"),
    Metric("background", "all that the seeds sent meanwhile", "MB/s", True),
    Metric("asked50", "from a read to its first REQUEST at a peer, median", "ms"),
    Metric("asked99", "from a read to its first REQUEST at a peer, 99th percentile", "ms"),
    Metric("known", "first byte after the seed is known", "s"),
    Metric("listing", "listing", "s"),
    Metric("start", "first byte of a file", "s"),
    Metric("before", "the first read", "ms"),
    Metric("after", "the read after idling", "ms"),
    Metric("warm", "warm sequential read", "MB/s", True),
    Metric("disk", "an ordinary file", "MB/s", True),
    Metric("small", "4 KiB reads", "1/s", True),
    Metric("on", "read on, cache bounded", "MB/s", True),
    Metric("on_free", "read on, unbounded", "MB/s", True),
    Metric("anywhere", "read anywhere, cache bounded", "MB/s", True),
    Metric("anywhere_free", "read anywhere, unbounded", "MB/s", True),
    Metric("over", "most on the disk above the limit", "MiB"),
    Metric("single", "one reader alone", "MB/s", True),
    Metric("slowest", "slowest reader's share of the mean", "", True),
    Metric("wait", "longest wait of a reader", "ms"),
]}


@dataclasses.dataclass(frozen=True)
class Row:
    scenario: int
    setting: str
    metric: str
    client: str
    turn: int
    value: float


class Figures:
    def __init__(self, rows=()):
        self.rows = list(rows)

    def add(self, scenario, setting, metric, client, turn, value):
        self.rows.append(Row(scenario, setting, metric, client, turn, value))

    def of(self, scenario, setting=None, metric=None, client=None):
        return [row for row in self.rows if row.scenario == scenario and setting in (None, row.setting)
                and metric in (None, row.metric) and client in (None, row.client)]

    def values(self, scenario, setting, metric, client):
        return [row.value for row in self.of(scenario, setting, metric, client)]

    def median(self, scenario, setting, metric, client):
        values = self.values(scenario, setting, metric, client)
        return statistics.median(values) if values else None

    @staticmethod
    def distinct(rows, of):
        """The values of a field in the order in which they were first measured."""
        return list(dict.fromkeys(getattr(row, of) for row in rows))
