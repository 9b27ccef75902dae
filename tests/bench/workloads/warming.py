"""What was read once, read again."""
import mmap
import os
import random
import shutil
import time

from bench.workloads.checking import MIB, WrongBytes, same, settled

SMALL = 4 << 10
SMALL_SECONDS = 3


def drop_caches():
    """Nothing of a file stays in the kernel's memory, neither the mount's pages nor those of the disk below."""
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as switch:
        switch.write("1")


def through(handle, size):
    """MB/s of reading a file, and its checks: the buffer is there beforehand."""
    buffer = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE)
    view = memoryview(buffer)
    start = time.monotonic()
    done = 0
    while done < size:
        count = os.preadv(handle, [view[done:done + MIB]], done)
        if not count:
            raise WrongBytes(f"the file ended at {done} of {size}")
        done += count
    return size / (time.monotonic() - start) / 1e6, view


def warm(source, job):
    """Reads as much as comes within the limit, then that again from the cache on disk, in turns with an ordinary file."""
    settled(source, job)
    limit = time.monotonic() + job["limit"]
    size = 0
    while size < source.file_size and time.monotonic() < limit:
        size += len(source.read(0, size, MIB))
    time.sleep(1)  # what was written behind the readers
    # A copy: a seed has the original mapped, and mapped pages are not dropped.
    ordinary = os.path.join(job["home"], "ordinary")
    shutil.copyfile(job["originals"][0], ordinary)
    mine, disk = source.handle(0, 0), os.open(ordinary, os.O_RDONLY)
    warm_rates, disk_rates = [], []
    try:
        for _ in range(job["rounds"]):
            drop_caches()
            rate, view = through(mine, size)
            same(job, 0, 0, view)
            warm_rates.append(rate)
            drop_caches()
            disk_rates.append(through(disk, size)[0])
        drop_caches()
        os.posix_fadvise(mine, 0, 0, os.POSIX_FADV_RANDOM)
        order = random.Random(job["seed"])
        places = [place * SMALL for place in order.sample(range(size // SMALL), size // SMALL)]
        # Read once, a MiB here and a MiB there, so that the cache on the disk is in memory, and the mount's own pages gone again:
        # who reads on has it from there, and need not find it twice.
        chunks = list(range(0, size, MIB))
        order.shuffle(chunks)
        for chunk in chunks:
            os.preadv(mine, [bytearray(MIB)], chunk)
        os.posix_fadvise(mine, 0, 0, os.POSIX_FADV_DONTNEED)
        buffer = [bytearray(SMALL)]
        count = 0
        start = time.monotonic()
        until = start + SMALL_SECONDS
        while count < len(places) and time.monotonic() < until:
            for place in places[count:count + 100]:
                os.preadv(mine, buffer, place)
            count += 100
        small = min(count, len(places)) / (time.monotonic() - start)
    finally:
        os.close(disk)
    return {"warm": warm_rates, "disk": disk_rates, "small": small}
