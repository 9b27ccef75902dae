"""Ordinary clients that fetch the whole torrent, told of the seeds by a tracker."""
import json
import os
import resource
import subprocess
import time

from bench.processes import cpu_seconds, end, peak_rss, start
from bench.seeds import transmission_settings
from bench.sources.source import Source
from bench.tracker import Tracker, with_tracker


class DownloadSource(Source):
    """A program that is started with a .torrent and has a file of the right name and size when it is done."""

    program = ""

    def __init__(self, job):
        super().__init__(job)
        self.job = job
        self.process = None
        self.folder = os.path.join(job["home"], "got")
        os.makedirs(self.folder)

    def open(self):
        self.announcer = Tracker([tuple(peer) for peer in self.job["peers"]])
        self.torrent = os.path.join(self.job["home"], "a.torrent")
        with_tracker(self.job["torrent"], self.announcer.url, self.torrent)

    def command(self):
        raise NotImplementedError

    def is_done(self):
        raise NotImplementedError

    def wait(self, timeout):
        time.sleep(timeout)
        return []

    def download(self):
        home = self.job["home"]
        self.process = start(self.command(), env=dict(os.environ, HOME=home), cwd=home,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.is_done():
            time.sleep(0.01)
        return 0

    def cpu(self):
        if self.process and self.process.poll() is not None:
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            return used.ru_utime + used.ru_stime
        return cpu_seconds(self.process.pid) if self.process else 0.0

    def peak(self):
        if self.process.poll() is not None:
            return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
        return peak_rss(self.process.pid)

    def close(self):
        if self.process:
            end(self.process)
        self.announcer.close()


class TransmissionSource(DownloadSource):
    def command(self):
        watch = os.path.join(self.job["home"], "watch")
        os.mkdir(watch)
        os.rename(self.torrent, os.path.join(watch, "a.torrent"))
        with open(os.path.join(self.job["home"], "settings.json"), "w") as out:
            json.dump(transmission_settings(("0.0.0.0", 0), self.folder, watch) | {"peer-port-random-on-start": True}, out)
        return ["transmission-daemon", "-f", "-g", self.job["home"]]

    def is_done(self):
        return os.path.exists(os.path.join(self.folder, self.job["name"]))  # until then its name ends in .part


class Aria2Source(DownloadSource):
    def command(self):
        return ["aria2c", "--no-conf", "--quiet", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false",
                "--enable-peer-exchange=false", "--file-allocation=none", "--bt-max-peers=200", "--seed-time=0",
                "--dir", self.folder, self.torrent]

    def is_done(self):
        return self.process.poll() is not None  # it does not stay to seed
