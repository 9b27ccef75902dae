"""What the figures were measured on: nothing that names the machine, everything that explains them."""
import datetime
import os
import platform
import re
import subprocess

VERSIONS = {
    "btfs": (["btfs", "--version"], r"(\d[\d.]+)"),
    "libtorrent": (["/usr/bin/python3", "-c", "import libtorrent; print(libtorrent.__version__)"], r"(\d[\d.]+)"),
    "aria2": (["aria2c", "--version"], r"version (\S+)"),
    "transmission": (["transmission-daemon", "--version"], r"(\d[\d.]+)"),
}


def describe(clients, options):
    return {"date": datetime.date.today().isoformat(), "quick": options.quick, "repeat": options.repeat,
            "machine": f"{os.cpu_count()} cores ({processor()}), {memory()} GiB of memory, Linux {platform.release().split('-')[0]}",
            "checkout": first_line(["git", "describe", "--always", "--dirty"]), "prefetch": clients.prefetches,
            "versions": {name: version(*how) for name, how in VERSIONS.items()}}


def processor():
    with open("/proc/cpuinfo") as table:
        found = re.search(r"model name\s*: (.*)", table.read())
    return found.group(1) if found else platform.machine()


def memory():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30))


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=os.path.dirname(__file__))
    except FileNotFoundError:
        return "absent"
    return ((done.stdout or done.stderr).splitlines() or ["unknown"])[0]


def version(command, pattern):
    found = re.search(pattern, first_line(command))
    return found.group(1) if found else "absent"
