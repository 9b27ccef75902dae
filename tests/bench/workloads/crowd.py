"""Many readers at once, each with a file of its own."""
import time

from bench.workloads.checking import MIB, READ, same, settled

CHUNK = 4 * READ


def crowd(source, job):
    """Every file is read from begin to end, all at the same time, until all are through or the time is over."""
    settled(source, job)
    got = [[] for _ in range(source.file_count)]
    total = source.file_size * source.file_count
    done, slowest, longest = 0, None, 0.0
    start = time.monotonic()
    for file in range(source.file_count):
        source.start(file, 0, CHUNK, 2 * MIB, owner=file)
    while done < total and time.monotonic() - start < job["limit"]:
        for ticket in source.wait(1):
            got[ticket.file].append(ticket.data)
            done += len(ticket.data)
            longest = max(longest, ticket.done - ticket.asked)
            place = ticket.offset + len(ticket.data)
            if place < source.file_size:
                source.start(ticket.file, place, min(CHUNK, source.file_size - place), 2 * MIB, owner=ticket.file)
        # Half-way, before the fast ones run out of work.
        if slowest is None and done >= total / 2:
            slowest = share(got, done)
    took = time.monotonic() - start
    if slowest is None:
        slowest = share(got, done)
    for file, chunks in enumerate(got):
        same(job, file, 0, b"".join(chunks))
    return {"rate": done / took / 1e6, "slowest": slowest, "wait": longest * 1e3}


def share(got, done):
    """What the slowest reader had, as a share of the mean."""
    return min(sum(map(len, chunks)) for chunks in got) * len(got) / max(1, done)
