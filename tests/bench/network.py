"""Where the seeds are: on this machine's loopback, or behind lines of a rate and a delay, in namespaces of their own."""
import json
import os
import subprocess

from bench.processes import HERE, PYTHON, BenchFailed, end, start


class Loopback:
    """The machine's own loopback: seeds at 127.0.0.2, .3, …"""

    inside = None
    far = None

    def address(self, index):
        return f"127.0.0.{index + 2}"

    def reach(self, seeds):
        """How clients get at seeds that listen as (host, port)."""
        return seeds

    def close(self):
        pass


class Lines:
    """Seeds in one network namespace, clients in another, between them one line for each seed.

    The rate is the kernel's (tbf, with the queue of 100 ms that home routers have), the delay is the relay's. A relay ends
    TCP, so the round trip that the client's kernel sees is that of loopback; what its requests see is the line's.
    """

    def __init__(self, breaker, count, mbit=None, delay=0.0, stall=None, stalling=()):
        if os.geteuid() != 0:
            raise BenchFailed("rate-limited lines need network namespaces: run scripts/bench as root")
        self._delay, self._stall, self._stalling = delay, stall, stalling
        self._relay = None
        self.inside, self.far = f"btfs-bench-{os.getpid()}-near", f"btfs-bench-{os.getpid()}-far"
        for name in (self.inside, self.far):
            breaker.also_remove_namespace(name)
            self._ip("netns", "add", name)
            self._ip("-n", name, "link", "set", "lo", "up")
        for index in range(count):
            self._ip("-n", self.inside, "link", "add", f"n{index}", "type", "veth", "peer", f"f{index}", "netns", self.far)
            for name, link, host in ((self.inside, f"n{index}", 1), (self.far, f"f{index}", 2)):
                self._ip("-n", name, "addr", "add", f"10.99.{index}.{host}/24", "dev", link)
                self._ip("-n", name, "link", "set", link, "up")
            if mbit:
                self._run("tc", "-n", self.far, "qdisc", "add", "dev", f"f{index}", "root", "tbf",
                          "rate", f"{mbit}mbit", "burst", "16kb", "latency", "100ms")

    @staticmethod
    def _run(*command):
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise BenchFailed(f"{' '.join(command)}: {done.stderr.strip()}")

    def _ip(self, *words):
        self._run("ip", *words)

    def address(self, index):
        return f"10.99.{index}.2"

    def reach(self, seeds):
        rules = [{"listen": f"127.0.1.{index + 2}", "to": seed, "delay": self._delay, "seed": index,
                  "stall": self._stall if index in self._stalling else None} for index, seed in enumerate(seeds)]
        self._relay = start([PYTHON, os.path.join(HERE, "relay.py"), json.dumps(rules)], self.inside,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ports = json.loads(self._relay.stdout.readline())
        return [(rule["listen"], port) for rule, port in zip(rules, ports)]

    def close(self):
        if self._relay:
            end(self._relay)
            self._relay.stdin.close()
            self._relay.stdout.close()
        for name in (self.inside, self.far):
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)
