#!/usr/bin/python3
"""One measurement in a process of its own: a client with a fresh state, and a workload on it.

The job is JSON on stdin (see clients.py), the answer JSON on stdout. Ends with its parent; the client ends with it.
"""
import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True

from bench.tracker import Tracker, with_tracker  # noqa: E402  (the path comes first)
from bench.workloads import WORKLOADS  # noqa: E402


def source_of(job):
    # Imported when needed: python3-libtorrent costs start-up time and memory that the others do not have.
    if job["kind"] == "mount":
        from bench.sources.mount import MountSource as Source
    elif job["kind"] == "libtorrent":
        from bench.sources.libtorrent import LibtorrentSource as Source
    elif job["kind"] == "bare":
        from bench.sources.bare import BareSource as Source
    elif job["kind"] == "aria2":
        from bench.sources.downloads import Aria2Source as Source
    else:
        from bench.sources.downloads import TransmissionSource as Source
    return Source(job)


def main():
    job = json.load(sys.stdin)
    try:
        tracker = None
        if job.get("tracker"):
            tracker = Tracker([tuple(peer) for peer in job["tracker"]])
            path = os.path.join(job["home"], "tracked.torrent")
            with_tracker(job["torrent"], tracker.url, path)
            job["torrent"] = job["source"] = path
        source = source_of(job)
        source.tracker = tracker
        try:
            answer = WORKLOADS[job["workload"]](source, job)
        finally:
            source.close()
    except Exception as error:  # whatever it is, the suite prints it and goes on with the next measurement
        answer = {"failed": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
