"""A torrent that is larger than the cache may be, read all the same."""
import os
import random
import threading
import time

from bench.workloads.checking import MIB, same, settled

SAMPLE_EVERY = 0.05


class DiskUse(threading.Thread):
    """The most that a folder takes on the disk, looked at every 50 ms."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder = folder
        self.most = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(SAMPLE_EVERY):
            self.most = max(self.most, self.now())

    def now(self):
        total = 0
        for folder, _, names in os.walk(self.folder):
            for name in names:
                try:
                    total += os.lstat(os.path.join(folder, name)).st_blocks * 512
                except FileNotFoundError:
                    pass
        return total


def filling(source, job):
    """Reads a file from its begin to its end, or its parts of 1 MiB in any order, or the one after the other."""
    settled(source, job)
    use = DiskUse(os.path.join(job["home"], "cache"))
    use.start()
    on = list(range(0, source.file_size, MIB))
    orders = {"on": on, "anywhere": random.Random(job["seed"]).sample(on, len(on))}
    rates = {}
    for name in job["orders"]:
        took = 0
        for place in orders[name]:
            start = time.monotonic()
            data = source.read(0, place, MIB)
            took += time.monotonic() - start
            same(job, 0, place, data)
        # What the kernel keeps of the mount would answer the next round.
        os.posix_fadvise(source.handle(0, 0), 0, 0, os.POSIX_FADV_DONTNEED)
        rates[name] = source.file_size / took / 1e6
    use.over.set()
    use.join()
    return {**rates, "most": use.most / MIB}
