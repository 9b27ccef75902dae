"""What a workload reads from: the same few calls whether a mount, libtorrent or the bare client is behind them."""
import resource
import time


class Ticket:
    """A read that was started. data is None until it is done; then done says when, on the monotonic clock."""

    __slots__ = ("owner", "file", "offset", "length", "asked", "done", "data")

    def __init__(self, owner, file, offset, length):
        self.owner, self.file, self.offset, self.length = owner, file, offset, length
        self.asked = time.monotonic()
        self.done = self.data = None


class Source:
    """One client with a fresh state. open() first; file is a number, offset is in that file."""

    started = 0.0  # when the client was started, on the monotonic clock
    listed = 0.0  # when it knew the torrent's files

    def __init__(self, job):
        self.file_size = job["file_size"]
        self.file_count = job["file_count"]
        self.piece_length = job["piece_length"]

    def open(self):
        """Starts the client and returns when it is ready for the first read."""
        raise NotImplementedError

    def start(self, file, offset, length, ahead=0, owner=0):
        """Starts a read. ahead: how many bytes after it the reader is about to read; a mount finds that out by itself."""
        raise NotImplementedError

    def wait(self, timeout):
        """The tickets that were done since, waiting for the first of them at most so many seconds."""
        raise NotImplementedError

    def forget(self, owner):
        """The reader called owner goes elsewhere: what it had ahead is no longer wanted."""

    def read(self, file, offset, length, ahead=0, owner=0):
        ticket = self.start(file, offset, length, ahead, owner)
        while ticket.done is None:
            self.wait(10)
        return ticket.data

    def cpu(self):
        """CPU seconds that the client has used."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    def peak(self):
        """Bytes of memory it had at most, or None where the reader's own memory is in it."""
        return None

    def close(self):
        pass

    def at(self, file, offset):
        """Position in the whole torrent."""
        return file * self.file_size + offset

    @property
    def piece_count(self):
        return -(-self.file_size * self.file_count // self.piece_length)

    def pieces(self, file, offset, length):
        first = self.at(file, offset)
        return range(first // self.piece_length, min(self.piece_count, -(-(first + length) // self.piece_length)))


class PieceSource(Source):
    """A client that is asked for pieces: which of them are here, and which reads they answer."""

    def __init__(self, job):
        super().__init__(job)
        self.tickets = []
        self.finished = []
        self.wanted = {}  # owner → pieces that its reads and what it has ahead need
        self.have = {}  # piece → its bytes

    def behind(self, owner, first):
        """The reader called owner has passed what lies before a piece."""
        for piece in [piece for piece in self.wanted[owner] if piece < first]:
            self.wanted[owner].discard(piece)
            self.release(piece)

    def release(self, piece):
        """Lets go of a piece unless another reader wants it. Whether nobody does."""
        if any(piece in wanted for wanted in self.wanted.values()):
            return False
        self.have.pop(piece, None)
        return True

    def answer(self):
        for ticket in list(self.tickets):
            pieces = self.pieces(ticket.file, ticket.offset, ticket.length)
            if all(piece in self.have for piece in pieces):
                first = self.at(ticket.file, ticket.offset) - pieces[0] * self.piece_length
                data = self.have[pieces[0]] if len(pieces) == 1 else b"".join(self.have[piece] for piece in pieces)
                ticket.data = data[first:first + ticket.length]
                ticket.done = time.monotonic()
                self.tickets.remove(ticket)
                self.finished.append(ticket)
