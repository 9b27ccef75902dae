"""Seeds of other programs, one process each, with the content where it lies."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

from bench.processes import PYTHON, ROOT, BenchFailed, end, start
from bench.sources.greeting import has_all

SEED = os.path.join(ROOT, "tests/BtFs.EndToEnd.Tests/Peers/seed.py")


class LibtorrentSeed:
    def __init__(self, address, inside=None):
        self._process = start([PYTHON, SEED, f"{address}:0", "--trust-disk", "--quiet", "--patient"], inside,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.at = (address, self._answer()["port"])

    def _answer(self):
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"failed": "it ended"}
        if "failed" in answer:
            raise BenchFailed(f"a libtorrent seed failed: {answer['failed']}")
        return answer

    def ask(self, **command):
        print(json.dumps(command), file=self._process.stdin, flush=True)
        return self._answer()

    def serve(self, torrent, rate=None):
        self.ask(do="add", torrent=torrent.path, folder=torrent.content.folder)
        if rate:
            self.ask(do="limit", rate=rate)

    def close(self):
        self._process.stdin.close()
        end(self._process)
        self._process.stdout.close()


class TransmissionSeed:
    """transmission-daemon; it checks the content before it serves it, which takes a while."""

    def __init__(self, address, folder, inside=None):
        self._inside, self._process = inside, None
        self._home = tempfile.mkdtemp(dir=folder, prefix="transmission-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.at = (address, free.getsockname()[1])

    def serve(self, torrent, rate=None):
        watch = os.path.join(self._home, "watch")
        os.mkdir(watch)
        shutil.copy(torrent.path, watch)
        self._write(torrent.content.folder, watch, rate)
        self._process = start(["transmission-daemon", "-f", "-g", self._home], self._inside,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _write(self, folder, watch, rate):
        with open(os.path.join(self._home, "settings.json"), "w") as out:
            json.dump(transmission_settings(self.at, folder, watch) | {
                "speed-limit-up-enabled": bool(rate), "speed-limit-up": (rate or 0) // 1000}, out)

    def close(self):
        if self._process:
            end(self._process)


def transmission_settings(at, folder, watch):
    return {"bind-address-ipv4": at[0], "peer-port": at[1], "peer-port-random-on-start": False, "rpc-enabled": False,
            "port-forwarding-enabled": False, "dht-enabled": False, "lpd-enabled": False, "pex-enabled": False, "utp-enabled": False,
            "watch-dir": watch, "watch-dir-enabled": True, "download-dir": folder, "incomplete-dir-enabled": False,
            "start-added-torrents": True, "upload-slots-per-torrent": 14, "umask": 18}


class Swarm:
    """Some seeds of one torrent on a network; peers says where a client reaches them."""

    def __init__(self, network, torrent, folder, kinds, rates=None, also=None):
        self._seeds = []
        self._network = network
        try:
            for index, kind in enumerate(kinds):
                address = network.address(index)
                seed = TransmissionSeed(address, folder, network.far) if kind == "transmission" else LibtorrentSeed(address, network.far)
                self._seeds.append(seed)
                seed.serve(torrent, rates[index] if rates else None)
                if also:
                    seed.serve(also)
            self.peers = network.reach([seed.at for seed in self._seeds])
            if "transmission" in kinds:
                self._wait_until_complete(torrent)
        except BaseException:
            self.close()
            raise

    def _wait_until_complete(self, torrent):
        # Transmission says what it has in its bitfield; before it has looked it has nothing.
        deadline = time.monotonic() + 120
        for seed in self._seeds:
            while not has_all(seed.at, torrent.infohash):
                if time.monotonic() > deadline:
                    raise BenchFailed("a transmission seed did not check its content within 120 s")
                time.sleep(0.2)

    def sent(self):
        """Bytes of payload that all seeds have sent, or None where they do not say."""
        if not all(isinstance(seed, LibtorrentSeed) for seed in self._seeds):
            return None
        return sum(seed.ask(do="stats")["payload"] for seed in self._seeds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for seed in self._seeds:
            seed.close()
        self._network.close()
