"""Where the seeds are: on this machine's loopback, or behind lines of a rate and a delay, in namespaces of their own."""
import json
import os
import subprocess

from bench.processes import HERE, PYTHON, BenchFailed, end, start


def run(*command):
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise BenchFailed(f"{' '.join(command)}: {done.stderr.strip()}")


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


class Namespaces:
    """Network namespaces that are gone afterwards."""

    def __init__(self, breaker, *names):
        if os.geteuid() != 0:
            raise BenchFailed("network namespaces need root: run scripts/bench as root")
        self.names = [f"btfs-bench-{os.getpid()}-{name}" for name in names]
        for name in self.names:
            breaker.also_remove_namespace(name)
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")

    def close(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


class OwnLoopback:
    """A loopback for seeds and clients alone, at addresses that Transmission takes for a peer's: it refuses 127.0.0.0/8."""

    def __init__(self, breaker, count):
        self._namespaces = Namespaces(breaker, "near")
        self.inside = self.far = self._namespaces.names[0]
        for index in range(count):
            run("ip", "-n", self.inside, "addr", "add", f"{self.address(index)}/32", "dev", "lo")

    def address(self, index):
        return f"10.98.0.{index + 2}"

    def reach(self, seeds):
        return seeds

    def close(self):
        self._namespaces.close()


class Lines:
    """One line to each seed: clients | relay | seeds, each in a network namespace.

    The rate is the kernel's (tbf, with the queue of 100 ms that home routers have), between seed and relay, so that what a
    seed has sent into a full line is what a CANCEL cannot take back. The delay is the relay's. A relay ends TCP, so the round
    trip that the client's kernel sees is that of a local link; what its requests see is the line's.
    """

    def __init__(self, breaker, count, mbit=None, delay=0.0, stall=None, stalling=()):
        self._delay, self._stall, self._stalling = delay, stall, stalling
        self._relay = None
        self._namespaces = Namespaces(breaker, "near", "relay", "far")
        self.inside, self._middle, self.far = self._namespaces.names
        self._link("access", self.inside, "10.98.0.1", self._middle, [f"10.98.0.{index + 2}" for index in range(count)])
        # Debian's btfs talks to nobody without a way out, even if it leads nowhere.
        run("ip", "-n", self.inside, "route", "add", "default", "via", "10.98.0.2")
        for index in range(count):
            self._link(f"line{index}", self._middle, f"10.99.{index}.1", self.far, [self.address(index)])
            if mbit:
                rate = mbit if isinstance(mbit, (int, float)) else mbit[index]
                run("tc", "-n", self.far, "qdisc", "add", "dev", f"line{index}", "root", "tbf",
                    "rate", f"{rate}mbit", "burst", "16kb", "latency", "100ms")

    @staticmethod
    def _link(name, one, address, other, addresses):
        run("ip", "-n", one, "link", "add", name, "type", "veth", "peer", name, "netns", other)
        for namespace, owned in ((one, [address]), (other, addresses)):
            for each in owned:
                run("ip", "-n", namespace, "addr", "add", f"{each}/24", "dev", name)
            run("ip", "-n", namespace, "link", "set", name, "up")

    def address(self, index):
        return f"10.99.{index}.2"

    def reach(self, seeds):
        rules = [{"listen": f"10.98.0.{index + 2}", "to": seed, "delay": self._delay, "seed": index,
                  "stall": self._stall if index in self._stalling else None} for index, seed in enumerate(seeds)]
        self._relay = start([PYTHON, os.path.join(HERE, "relay.py"), json.dumps(rules)], self._middle,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ports = json.loads(self._relay.stdout.readline())
        return [(rule["listen"], port) for rule, port in zip(rules, ports)]

    def close(self):
        if self._relay:
            end(self._relay)
            self._relay.stdin.close()
            self._relay.stdout.close()
        self._namespaces.close()
