#!/usr/bin/python3
"""Carries TCP connections to seeds as a far network would: every byte arrives a fixed time later, and some stop for a while.

    relay.py JSON      [{"listen": HOST, "to": [HOST, PORT], "delay": SECONDS each way, "stall": [MEAN GAP, LENGTH] or null,
                         "seed": N}, …]

Prints the ports it listens on as a JSON list. Ends when stdin ends. One thread and one epoll. A byte leaves up to one
millisecond late, which is what epoll can wait for.
"""
import collections
import heapq
import json
import random
import select
import socket
import sys
import time

CHUNK = 256 << 10
HELD = 16 << 20  # bytes on the way in one direction before the sender has to wait: 16 MiB is 2.5 Gbit/s at 50 ms


class Line:
    """Where one seed is reached, and when it is silent."""

    def __init__(self, rule):
        self.to = tuple(rule["to"])
        self.delay = rule["delay"]
        self.stall = rule.get("stall")
        self.random = random.Random(rule.get("seed", 0))
        self.open_at = 0.0
        self.next_stall = time.monotonic() + self._gap() if self.stall else float("inf")
        self.listener = socket.create_server((rule["listen"], 0), backlog=128)
        self.listener.setblocking(False)

    def _gap(self):
        return self.random.expovariate(1 / self.stall[0])

    def leaves_at(self, now):
        """When a byte that comes in now goes out: later, and not during a stall."""
        while now >= self.next_stall:
            self.open_at = self.next_stall + self.stall[1]
            self.next_stall = self.open_at + self._gap()
        return max(now, self.open_at) + self.delay


class Half:
    """One direction of a connection: what has come in and is not out yet."""

    def __init__(self, line, source, sink):
        self.line, self.source, self.sink = line, source, sink
        self.waiting = collections.deque()  # (when, bytes); empty bytes: the source has ended
        self.held = 0

    def take(self):
        """Reads what the source has. False when it ended."""
        try:
            data = self.source.recv(CHUNK)
            # The seed's Nagle would wait for this acknowledgement: a delay that is not part of the network to be shown.
            self.source.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        self.held += len(data)
        self.waiting.append((self.line.leaves_at(time.monotonic()), memoryview(data)))
        return bool(data)

    def give(self, now):
        """Writes what is due. Returns when to come again, or None to wait for an event."""
        while self.waiting:
            when, data = self.waiting[0]
            if when > now:
                return when
            try:
                if not data:
                    self.sink.shutdown(socket.SHUT_WR)
                    sent = 0
                else:
                    sent = self.sink.send(data)
            except BlockingIOError:
                return None
            except OSError:
                self.waiting.clear()
                self.held = 0
                return None
            self.held -= sent
            if sent == len(data):
                self.waiting.popleft()
            else:
                self.waiting[0] = (when, data[sent:])
        return None


class Relay:
    def __init__(self, lines):
        self.epoll = select.epoll()
        self.listeners = {line.listener.fileno(): line for line in lines}
        self.halves = {}  # file number → (half that reads it, half that writes it)
        self.due = []
        self.order = 0
        for number in [*self.listeners, 0]:
            self.epoll.register(number, select.EPOLLIN | select.EPOLLHUP)

    def run(self):
        while True:
            wait = max(0.0, self.due[0][0] - time.monotonic()) if self.due else -1
            for number, event in self.epoll.poll(wait):
                if number == 0:
                    return
                if number in self.listeners:
                    self.accept(self.listeners[number])
                elif number in self.halves:
                    self.serve(number, event)
            now = time.monotonic()
            while self.due and self.due[0][0] <= now:
                half = heapq.heappop(self.due)[2]
                self.push(half, now)

    def accept(self, line):
        near, _ = line.listener.accept()
        far = socket.socket()
        far.setblocking(False)
        far.connect_ex(line.to)
        near.setblocking(False)
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        up, down = Half(line, near, far), Half(line, far, near)
        for end, reads, writes in ((near, up, down), (far, down, up)):
            self.halves[end.fileno()] = (reads, writes)
            self.epoll.register(end.fileno(), select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)

    def serve(self, number, event):
        reads, writes = self.halves[number]
        if event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            self.pull(reads)
        if event & select.EPOLLOUT:
            self.push(writes, time.monotonic())

    def pull(self, half):
        idle = not half.waiting
        more = True
        while more and half.held < HELD:
            before = half.held
            more = half.take()
            if half.held == before:
                break
        if not more:
            self.epoll.unregister(half.source.fileno())
            del self.halves[half.source.fileno()]
        if idle and half.waiting:
            self.come_again(half.waiting[0][0], half)

    def come_again(self, when, half):
        self.order += 1  # no two entries are equal
        heapq.heappush(self.due, (when, self.order, half))

    def push(self, half, now):
        again = half.give(now)
        if again is not None:
            self.come_again(again, half)
        if half.held < HELD and half.source.fileno() in self.halves and self.halves[half.source.fileno()][0] is half:
            self.pull(half)


def main():
    lines = [Line(rule) for rule in json.loads(sys.argv[1])]
    print(json.dumps([line.listener.getsockname()[1] for line in lines]), flush=True)
    Relay(lines).run()


if __name__ == "__main__":
    main()
