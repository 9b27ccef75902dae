"""One reader, or none but the client itself. Each workload checks every byte it was given, outside of the measured time."""
import mmap
import os
import random
import time

from bench.processes import peak_rss
from bench.workloads.checking import MIB, READ, WrongBytes, rest, same, settled


def sequential(source, job):
    """Reads the first file from its begin to its end, at most for a while, in calls of 1 MiB as cp would."""
    settled(source, job)
    size = source.file_size
    # All memory is there before the clock starts: page faults of the reader are no property of the client.
    buffer = memoryview(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE))
    used = source.cpu()
    start = time.monotonic()
    buffer[:1] = source.read(0, 0, 1)  # nobody knows yet that it will read on
    first = time.monotonic() - start
    done = 0
    while done < size and time.monotonic() - start < job["limit"]:
        data = source.read(0, done, min(MIB, size - done), job["ahead"])
        if not data:
            raise WrongBytes(f"the file ended at {done} of {size}")
        buffer[done:done + len(data)] = data
        done += len(data)
    took = time.monotonic() - start
    used = source.cpu() - used
    answer = {"rate": done / took / 1e6, "first": first * 1e3, "cpu": used / (done / 1e9), "peak": source.peak()}
    same(job, 0, 0, buffer[:done])
    return answer


def download(source, job):
    """Lets the source fetch everything in the order it likes."""
    source.open()
    used = source.cpu()
    start = time.monotonic()
    before = source.download()
    took = time.monotonic() - start
    answer = {"rate": (source.file_size - before) / took / 1e6, "before": before, "cpu": (source.cpu() - used) / (source.file_size / 1e9),
              "peak": source.peak() or peak_rss("self")}
    rest(source, 0.5)  # what is in its write buffers is not yet in the file
    with open(os.path.join(job["got"], job["name"]), "rb") as file:
        for offset in range(0, source.file_size, 16 * MIB):
            same(job, 0, offset, file.read(16 * MIB))
    return answer


def scattered(source, job):
    """Some reads of 64 KiB far apart, one after the other, with a rest before each if the job says so."""
    settled(source, job)
    times, began = [], []
    for place in random.Random(job["seed"]).sample(range(source.file_size // READ), job["reads"]):
        if job["pause"]:
            rest(source, job["pause"])
        start = time.monotonic()
        began.append((place * READ // source.piece_length, start))
        data = source.read(0, place * READ, READ)
        times.append((time.monotonic() - start) * 1e3)
        same(job, 0, place * READ, data)
        source.forget(0)
    return {"times": times, "began": began}


def launch(source, job):
    """From the start of the client to the list of files, and to the first byte of one."""
    source.open()
    data = source.read(0, source.file_size // 2, 1)
    now = time.monotonic()
    same(job, 0, source.file_size // 2, data)
    answer = {"listing": source.listed - source.started, "first": now - source.started}
    if job.get("tracker"):
        answer["known"] = now - source.tracker.told_at
    return answer


def urgent(source, job):
    """A piece nobody has asked for yet, every two seconds, whatever else is being downloaded."""
    settled(source, job)
    began = time.monotonic()
    rest(source, job["run_in"])
    order = random.Random(job["seed"])
    length = source.piece_length
    times = []
    while len(times) < job["reads"]:
        place = order.randrange(source.file_size // length) * length
        start = time.monotonic()
        ticket = source.start(0, place, length, owner=1)
        while ticket.done is None:
            source.wait(1)
            if time.monotonic() - start > job["limit"]:
                raise TimeoutError(f"an urgent piece took more than {job['limit']} s")
        same(job, 0, place, ticket.data)
        source.forget(1)
        # Faster than the seeds together can be: it was there already, from the background.
        if ticket.done - start > job["present_below"]:
            times.append(ticket.done - start)
            rest(source, max(0.3, start + 2 - time.monotonic()))
    return {"times": times, "lasted": time.monotonic() - began}


def idle(source, job):
    """The very first read, a long rest, and a read after it."""
    settled(source, job)
    times = []
    for turn, place in enumerate(random.Random(job["seed"]).sample(range(source.file_size // source.piece_length), 2)):
        if turn:
            rest(source, job["idle"])
        start = time.monotonic()
        data = source.read(0, place * source.piece_length, READ)
        times.append((time.monotonic() - start) * 1e3)
        same(job, 0, place * source.piece_length, data)
    return {"first": times[0], "later": times[1]}
