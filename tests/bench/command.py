"""The command line of scripts/bench, and the order in which things are done."""
import argparse
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from bench import scenarios
from bench.bench import Bench, place_for_files
from bench.clients import EXPLAINED, Clients
from bench.figures import Figures, Row
from bench.machine import describe
from bench.page import print_tables, write_page
from bench.processes import ROOT, BenchFailed, Breaker


def arguments():
    points = "\n".join(f"    {number}  {module.title}" for number, module in sorted(scenarios.ALL.items()))
    clients = "\n".join(f"    {name:14}{text}" for name, text in EXPLAINED.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Compares btfs with other BitTorrent clients, on the same seeds in the same run, in turns, each time with a fresh\n"
                    "state, on content that does not compress; every byte is checked.",
        epilog=f"points:\n{points}\n\nclients:\n{clients}\n\nRun it on a machine that does nothing else. Rate-limited lines need root.")
    parser.add_argument("--quick", action="store_true",
                        help="small sizes, one round, without the slowest clients: about seven minutes; the full run takes some 90")
    parser.add_argument("--only", metavar="N[,N]", help="only these points")
    parser.add_argument("--repeat", type=int, metavar="N", help="rounds for each figure [3; 1 with --quick]")
    parser.add_argument("--clients", metavar="NAME[,NAME]", help="only these clients")
    parser.add_argument("--program", metavar="PATH", help="the btfs to measure [published from this checkout]")
    parser.add_argument("--idle", type=float, metavar="SECONDS", help="the rest of point 7 [600; 90 with --quick]")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--from-json", metavar="FILE", help="measure nothing: draw the figures of an earlier run")
    parser.add_argument("--write", action="store_true", help="write docs/BENCHMARKS.md and its charts")
    options = parser.parse_args()
    options.repeat = options.repeat or (1 if options.quick else 3)
    options.idle = options.idle if options.idle is not None else (90 if options.quick else 600)
    options.numbers = chosen(parser, options.only, {str(number): number for number in scenarios.ALL})
    options.names = chosen(parser, options.clients, {name: name for name in EXPLAINED})
    return options


def chosen(parser, words, known):
    if not words:
        return list(known.values())
    for word in words.split(","):
        if word not in known:
            parser.error(f"{word}: not one of {', '.join(known)}")
    return [value for word, value in known.items() if word in words.split(",")]


def publish():
    """The program to measure: as it is shipped, compiled ahead of time."""
    if not shutil.which("dotnet"):
        raise BenchFailed("the .NET 10 SDK is not installed; or name a program with --program")
    out = os.path.join(ROOT, "artifacts/aot")
    subprocess.run(["dotnet", "publish", os.path.join(ROOT, "src/BtFs"), "-c", "Release", "-o", out, "-v", "q", "--nologo",
                    "-nodeReuse:false", "-p:UseSharedCompilation=false"], check=True, stdout=sys.stderr)
    return os.path.join(out, "btfs")


def check_packages():
    """Everything that is not installed, in one line."""
    programs = {"fusermount3": "fuse3", "btfs": "btfs", "aria2c": "aria2", "transmission-daemon": "transmission-daemon",
                "ip": "iproute2", "tc": "iproute2"}
    missing = {package for program, package in programs.items() if not shutil.which(program)}
    if not importlib.util.find_spec("libtorrent"):
        missing.add("python3-libtorrent")
    if missing:
        raise BenchFailed(f"not everything is installed: apt-get install {' '.join(sorted(missing))}")


def measure(options):
    check_packages()
    if os.geteuid() != 0:
        print("bench: not root, so no network namespaces and no cold caches: points 3, 8 and parts of 1 and 4 are left out", file=sys.stderr)
    program = os.path.abspath(options.program) if options.program else publish() if "ours" in options.names else None
    folder = tempfile.mkdtemp(prefix="btfs-bench-", dir=place_for_files())
    disk = tempfile.mkdtemp(prefix="btfs-bench-")
    breaker = Breaker(folder, disk)
    try:
        clients = Clients(program, options.names, folder)
        bench = Bench(options, folder, disk, breaker, clients, Figures())
        for number in options.numbers:
            module = scenarios.ALL[number]
            bench.scenario = number
            bench.say(f"{number}. {module.title}")
            try:
                module.run(bench)
            except BenchFailed as error:
                bench.say(f"  LEFT OUT: {error}")
                bench.skipped.append(f"{number}: {error}")
        return {"about": describe(clients, options), "failed": bench.skipped, "figures": [vars(row) for row in bench.figures.rows]}
    finally:
        # The breaker would do it, too; this way it is done when the prompt comes back.
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(disk, ignore_errors=True)
        breaker.close()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = arguments()
    try:
        if options.from_json:
            with open(options.from_json) as file:
                run = json.load(file)
        else:
            run = measure(options)
    except KeyboardInterrupt:
        return 130
    except BenchFailed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if options.json:
        with open(options.json, "w") as file:
            json.dump(run, file, indent=1)
    figures = Figures(Row(**row) for row in run["figures"])
    print_tables(figures)
    for line in run["failed"]:
        print(f"FAILED: {line}")
    if options.write:
        write_page(run, figures, os.path.join(ROOT, "docs"))
    return 1 if run["failed"] else 0
