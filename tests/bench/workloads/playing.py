"""A film that is played, with jumps."""
import random
import time

from bench.workloads.checking import MIB, READ, same, settled

BITRATE = 5e6 / 8  # bytes a second
CHUNK_SECONDS = READ / BITRATE
START_CHUNKS = 5  # half a second of film before the picture moves, as players do it
BUFFER_CHUNKS = 20  # two seconds: further ahead it does not read
AHEAD = 2 * MIB  # for clients that have to be told
PLAYER, OTHER = 1, 2
OTHER_EVERY = 0.25  # seconds between two reads of the second reader


class Player:
    """Reads chunks in order, one at a time, and plays them when their time has come."""

    def __init__(self, source, job):
        self.source, self.job = source, job
        self.stalls = 0
        self.stalled = 0.0
        self.firsts = []

    def seek(self, place):
        self.source.forget(PLAYER)
        self.place, self.asked, self.got = place, 0, 0
        self.began = None  # when the picture began to move, moved on by each stall
        self.sought = time.monotonic()
        self.ask()

    def ask(self):
        # The first read after a seek is what is measured: nobody knows yet that it will be read on.
        self.ticket = self.source.start(0, self.place + self.asked * READ, READ, AHEAD if self.asked else 0, owner=PLAYER)
        self.asked += 1

    def took(self, ticket):
        if self.got == 0:
            self.firsts.append((ticket.done - self.sought) * 1e3)
        self.got += 1
        if self.began is None:
            if self.got == START_CHUNKS:
                self.began = ticket.done
        else:
            late = ticket.done - (self.began + (self.got - 1) * CHUNK_SECONDS)
            if late > 0:
                self.stalls += 1
                self.stalled += late
                self.began += late
        self.ticket = None

    def may_ask(self, now):
        played = 0 if self.began is None else (now - self.began) / CHUNK_SECONDS
        return self.ticket is None and self.asked - played < BUFFER_CHUNKS


def play(source, job):
    """Jumps to random places of a film and plays some seconds after each; beside it, if the job says so, somebody reads at random."""
    settled(source, job)
    order = random.Random(job["seed"])
    places = order.sample(range(source.file_size // (4 * MIB) - 8), job["seeks"])
    player = Player(source, job)
    other, other_due = None, time.monotonic()
    checks = []
    for place in places:
        # Not on the edge of a piece, as a film's key frames are not.
        player.seek(place * 4 * MIB + order.randrange(4 * MIB // READ) * READ)
        until = time.monotonic() + job["limit"]
        end = None
        while end is None or time.monotonic() < end:
            now = time.monotonic()
            if now > until:
                raise TimeoutError(f"nothing to see {job['limit']} s after a seek")
            if job["beside"] and other is None and now >= other_due:
                other = source.start(0, order.randrange(source.file_size // READ) * READ, READ, owner=OTHER)
            if player.may_ask(now):
                player.ask()
            for ticket in source.wait(0.02):
                checks.append((ticket.offset, ticket.data))
                if ticket is other:
                    other, other_due = None, time.monotonic() + OTHER_EVERY
                    source.forget(OTHER)
                elif ticket is player.ticket:
                    player.took(ticket)
                    end = end or time.monotonic() + job["watch"]
                    if player.may_ask(time.monotonic()):
                        player.ask()
        while player.ticket is not None:  # one file handle does one read after the other
            for ticket in source.wait(1):
                if ticket is player.ticket:
                    player.took(ticket)
                elif ticket is other:
                    other, other_due = None, time.monotonic() + OTHER_EVERY
                    source.forget(OTHER)
    while other is not None and other.done is None:
        source.wait(1)
    for offset, data in checks:
        same(job, 0, offset, data)
    return {"times": player.firsts, "stalls": player.stalls, "stalled": player.stalled}
