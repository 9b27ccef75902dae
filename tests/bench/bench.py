"""What a scenario is given: the options of the run, the content, the clients, and where to put figures."""
import os
import shutil
import sys
import tempfile
import time

from bench.content import MIB, Content
from bench.processes import BenchFailed

MEMORY = "/dev/shm"
ROOM = 9 << 30  # for content, a cache of the same size, and the reader's copy


def memory_available():
    with open("/proc/meminfo") as table:
        return next(int(line.split()[1]) << 10 for line in table if line.startswith("MemAvailable"))


def place_for_files():
    """In memory if there is plenty: the disk of a small machine is slower than every client here."""
    if os.path.isdir(MEMORY) and min(memory_available(), shutil.disk_usage(MEMORY).free) > ROOM:
        return MEMORY
    return None


class Bench:
    def __init__(self, options, folder, disk, breaker, clients, figures):
        self.quick = options.quick
        self.repeat = options.repeat
        self.idle = options.idle
        self.folder = folder
        self.disk = disk  # a folder that is on a disk, wherever the other one is
        self.breaker = breaker
        self.clients = clients
        self.figures = figures
        self.scenario = 0
        self.skipped = []

    def say(self, text):
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

    def content(self, name, mib, count=1, on_disk=False):
        folder = tempfile.mkdtemp(dir=self.disk if on_disk else self.folder, prefix="content-")
        return Content(folder, name, mib * MIB, count)

    def turns(self, names, repeat=None, slow=()):
        """Every client in turn, the other way round in every second round, as often as asked.

        Slow ones, which need minutes for a figure that nobody doubts, are measured once, and not in a quick run.
        """
        names = [name for name in names if name in self.clients.names and not (self.quick and name in slow)]
        for turn in range(repeat or self.repeat):
            for name in names if turn % 2 == 0 else reversed(names):
                if turn == 0 or name not in slow:
                    yield turn, name

    def run(self, setting, turn, name, workload, torrent, peers, **job):
        """One measurement; None, and a word about it, if it failed."""
        try:
            return self.clients.measure(name, workload, torrent, peers, **job)
        except BenchFailed as error:
            why = " ".join(str(error).split())
            self.say(f"  {setting}, {name}: FAILED: {why}")
            self.skipped.append(f"{self.scenario}, {setting}, {why}")
            return None

    def note(self, setting, turn, name, **values):
        """Takes figures down under their metrics, and shows them."""
        values = {metric: value for metric, value in values.items() if value is not None}
        for metric, value in values.items():
            self.figures.add(self.scenario, setting, metric, name, turn, value)
        self.say(f"  {setting}, {name}: " + ", ".join(f"{metric} {value:.4g}" for metric, value in values.items()))
