#!/usr/bin/python3
"""Runs a command and ends it when stdin ends, so that no peer outlives the test that started it, even a killed one."""
import os
import signal
import subprocess
import sys

if hasattr(os, "pidfd_open"):
    import select

    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    watch = select.poll()
    watch.register(0, select.POLLIN | select.POLLHUP)
    watch.register(os.pidfd_open(child.pid), select.POLLIN)
    watch.poll()
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(2)
        except subprocess.TimeoutExpired:
            child.kill()
    sys.exit(child.wait())

sys.exit("leash.py needs Linux 5.3 and Python 3.9")
