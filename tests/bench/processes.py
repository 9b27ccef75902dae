"""Processes that the suite starts: each in the hands of somebody who ends it, none outlives the suite."""
import ctypes
import os
import signal
import subprocess
import sys

PYTHON = "/usr/bin/python3"  # the one that Debian's python3-libtorrent is for
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TICKS = os.sysconf("SC_CLK_TCK")

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class BenchFailed(Exception):
    """A measurement that cannot be taken, and why, in a line."""


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command, inside=None, **how):
    """Starts a process that dies with this one; inside names the network namespace for it."""
    if inside:
        # nsenter and not "ip netns exec": that one would also take the process into a mount namespace of its own.
        command = ["nsenter", f"--net=/var/run/netns/{inside}", "--", *command]
    return subprocess.Popen(command, preexec_fn=_die_with_parent, **how)


def end(process, within=5):
    """Ends a process that start() gave: politely first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds(pid):
    """User and system time that the process has used, with the children it has waited for."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / TICKS


def peak_rss(pid):
    """The most memory it ever had resident, in bytes."""
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return 0


class Breaker:
    """Cleans up when the suite ends, however it ends: it waits for this process's end of a pipe to close."""

    def __init__(self, *folders):
        self._process = subprocess.Popen([sys.executable, os.path.join(HERE, "breaker.py"), *folders], stdin=subprocess.PIPE,
                                         text=True, start_new_session=True)

    def also_remove_namespace(self, name):
        print(name, file=self._process.stdin, flush=True)

    def close(self):
        self._process.stdin.close()
        self._process.wait(30)
