"""A program that mounts the torrent: ours, or Debian's btfs."""
import os
import queue
import shutil
import subprocess
import threading
import time

from bench.processes import cpu_seconds, end, peak_rss, start
from bench.sources.source import Source, Ticket

READY_WITHIN = 60


class MountSource(Source):
    def __init__(self, job):
        super().__init__(job)
        self.home = job["home"]
        self.path = os.path.join(self.home, "mnt")
        os.makedirs(self.path)
        self.name = job["name"]
        self.command = [*job["command"], job["source"], self.path]
        self.handles = {}
        self.readers = {}
        self.finished = queue.SimpleQueue()

    def open(self):
        home = self.home
        env = dict(os.environ, HOME=home, XDG_CACHE_HOME=os.path.join(home, "cache"), TMPDIR=home)
        self.log = open(os.path.join(home, "log"), "wb")
        self.started = time.monotonic()
        self.process = start(self.command, env=env, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        # The mount table first: a folder that is not mounted yet would be listed from the disk.
        while not self._is_mounted() or not os.listdir(self.path):
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.command[0]} ended with {self.process.returncode}: {self._last_words()}")
            if time.monotonic() - self.started > READY_WITHIN:
                raise RuntimeError(f"{self.command[0]} showed no file within {READY_WITHIN} s: {self._last_words()}")
            time.sleep(0.002)
        self.listed = time.monotonic()

    def _is_mounted(self):
        with open("/proc/self/mountinfo") as table:
            return f" {self.path} " in table.read()

    def _last_words(self):
        with open(self.log.name, errors="replace") as log:
            return log.read()[-500:]

    def file_path(self, file):
        root = os.path.join(self.path, self.name)
        return root if self.file_count == 1 else os.path.join(root, f"{file:03}.bin")

    def handle(self, owner, file):
        """An open file for each reader, as each program has its own."""
        if (owner, file) not in self.handles:
            self.handles[owner, file] = os.open(self.file_path(file), os.O_RDONLY)
        return self.handles[owner, file]

    def read(self, file, offset, length, ahead=0, owner=0):
        try:
            return os.pread(self.handle(owner, file), length, offset)
        except OSError as error:
            try:
                code = self.process.wait(5)
            except subprocess.TimeoutExpired:
                raise error from None
            raise RuntimeError(f"{error.strerror}: {self.command[0]} ended with {code}: {self._last_words()}") from error

    def start(self, file, offset, length, ahead=0, owner=0):
        ticket = Ticket(owner, file, offset, length)
        if owner not in self.readers:
            inbox = queue.SimpleQueue()
            thread = threading.Thread(target=self._serve, args=(inbox,), daemon=True)
            thread.start()
            self.readers[owner] = inbox
        self.readers[owner].put(ticket)
        return ticket

    def _serve(self, inbox):
        while ticket := inbox.get():
            data = os.pread(self.handle(ticket.owner, ticket.file), ticket.length, ticket.offset)
            ticket.done = time.monotonic()
            ticket.data = data
            self.finished.put(ticket)

    def wait(self, timeout):
        try:
            done = [self.finished.get(timeout=timeout)]
            while True:
                done.append(self.finished.get_nowait())
        except queue.Empty:
            return done if "done" in locals() else []

    def cpu(self):
        return cpu_seconds(self.process.pid)

    def peak(self):
        return peak_rss(self.process.pid)

    def close(self):
        for inbox in self.readers.values():
            inbox.put(None)
        for handle in self.handles.values():
            os.close(handle)
        subprocess.run(["fusermount3", "-u", "-z", self.path], stderr=subprocess.DEVNULL)
        end(self.process, 3)
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)
