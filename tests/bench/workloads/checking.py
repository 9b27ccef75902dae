"""What all workloads share: opening, waiting, and comparing with the original."""
import os
import time

READ = 64 << 10
MIB = 1 << 20


class WrongBytes(Exception):
    pass


def original(job, file):
    """The seed's own file, to compare with."""
    return os.open(job["originals"][file], os.O_RDONLY)


def same(job, file, offset, data):
    handle = original(job, file)
    try:
        for done in range(0, len(data), MIB):
            if os.pread(handle, min(MIB, len(data) - done), offset + done) != data[done:done + MIB]:
                raise WrongBytes(f"wrong bytes in file {file} after {offset + done}")
    finally:
        os.close(handle)


def settled(source, job):
    """Opens the source and gives it a moment to connect to all seeds."""
    source.open()
    rest(source, job["settle"])


def rest(source, seconds):
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        source.wait(left)
