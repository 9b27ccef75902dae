#!/usr/bin/python3
"""Takes away what the suite left behind, once its stdin ends: mounts and files below some folders, and network namespaces.

    breaker.py FOLDER…     with the names of namespaces on stdin, one a line

It runs in a session of its own, so a Ctrl-C for the suite is none for it. Processes are no concern of it: each of them
has asked the kernel to be killed with its parent.
"""
import os
import shutil
import signal
import subprocess
import sys
import time

folders = [os.path.realpath(folder) + "/" for folder in sys.argv[1:]]
for calm in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(calm, signal.SIG_IGN)
namespaces = [line.strip() for line in sys.stdin]

for _ in range(50):
    with open("/proc/self/mountinfo") as table:
        mounts = [line.split()[4] for line in table if line.split()[4].startswith(tuple(folders))]
    for mount in mounts:
        subprocess.run(["fusermount3", "-u", "-z", mount], stderr=subprocess.DEVNULL)
    if not mounts:
        break
    time.sleep(0.1)

for name in namespaces:
    if os.path.exists(f"/var/run/netns/{name}"):
        subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)
for folder in folders:
    shutil.rmtree(folder, ignore_errors=True)
