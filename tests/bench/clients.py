"""The clients that are compared, by the names that the tables have for them, and how one measurement of one is run."""
import json
import os
import shutil
import subprocess
import tempfile

from bench.processes import HERE, PYTHON, BenchFailed, end, start

EXPLAINED = {
    "ours": "this checkout, compiled ahead of time, through the mount",
    "btfs": "Debian's btfs, through the mount",
    "lt": "libtorrent, read with piece deadlines and a window of them for what is read on",
    "plain": "libtorrent, downloading everything in its own order",
    "bare": "a client without scheduling that asks for just what is read, its pieces in memory: about the floor",
    "aria2": "aria2, downloading everything; its start is in the time",
    "transmission": "Transmission, downloading everything; its start is in the time",
}
KINDS = {"ours": "mount", "btfs": "mount", "lt": "libtorrent", "plain": "libtorrent", "bare": "bare", "aria2": "aria2",
         "transmission": "transmission"}
WHOLE = ("plain", "aria2", "transmission")  # clients that cannot be read from while they download


class Clients:
    """Runs measurements; knows the programs and where their state may lie."""

    def __init__(self, program, chosen, folder):
        self.program = program
        self.names = chosen
        self.folder = folder
        self.debian = shutil.which("btfs")
        self.prefetches = "ours" in chosen and "--prefetch" in subprocess.run(
            [program, "--help"], capture_output=True, text=True, check=False).stdout

    def measure(self, name, workload, torrent, peers, *, inside=None, timeout=300, folder=None, magnet="", background=False,
                options=(), **more):
        """The answer of one workload on one client with a fresh state; options are for ours. Raises BenchFailed if there is none."""
        home = tempfile.mkdtemp(prefix=f"{name}-", dir=folder or self.folder)
        job = {"kind": KINDS[name], "workload": workload, "home": home, "got": home, "name": torrent.content.name,
               "originals": torrent.content.files, "file_size": torrent.content.file_size, "file_count": torrent.content.count,
               "piece_length": torrent.piece_length, "torrent": torrent.path, "infohash": torrent.infohash, "peers": peers,
               "source": torrent.magnet(peers), "magnet": magnet, "background": background, "wait_for_peers": True, "settle": 1.0, "ahead": 0, "pause": 0, "limit": 30, "seed": 7, **more}
        if name in ("aria2", "transmission"):
            job["got"] = os.path.join(home, "got")
        if job["kind"] == "mount":
            prefetch = ["--prefetch=all"] if background and name == "ours" and self.prefetches else []
            job["command"] = [self.program, "-f", "--no-dht", "--no-lsd", "--no-port-mapping", *prefetch, *options] if name == "ours" else [self.debian, "-f"]
        process = start([PYTHON, os.path.join(HERE, "reader.py")], inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, text=True)
        try:
            out, errors = process.communicate(json.dumps(job), timeout)
            answer = json.loads(out) if out else {"failed": errors[-500:]}
        except subprocess.TimeoutExpired:
            raise BenchFailed(f"{name}: nothing measured within {timeout} s") from None
        finally:
            end(process, 1)
            subprocess.run(["fusermount3", "-u", "-z", os.path.join(home, "mnt")], stderr=subprocess.DEVNULL)
            shutil.rmtree(home, ignore_errors=True)
        if os.environ.get("BENCH_TRACE"):
            print({key: value for key, value in answer.items() if key not in ("trace", "times")})
        if "failed" in answer:
            if os.environ.get("BENCH_TRACE"):
                print(answer.get("trace", ""))
            raise BenchFailed(f"{name}: {answer['failed']}")
        return answer
