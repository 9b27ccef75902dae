"""The first bytes that a client sends to a peer, and what a peer says it has."""
import os
import socket
import struct
import time

INTERESTED, BITFIELD, HAVE_ALL = 2, 5, 14
FAST = b"\0\0\0\0\0\0\0\4"  # BEP 6, among the reserved bytes of the handshake


def greet(at, infohash, reserved=bytes(8)):
    """A connection on which both handshakes are exchanged and INTERESTED is sent.

    Some seeds take one connection from each address and notice late that the last one is gone: they are asked again.
    """
    for _ in range(10):
        link = socket.create_connection(at, 10)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = b"-BF0000-" + os.urandom(12)
        try:
            link.sendall(b"\x13BitTorrent protocol" + reserved + bytes.fromhex(infohash) + name)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            if len(link.recv(68, socket.MSG_WAITALL)) == 68:
                link.sendall(struct.pack(">IB", 1, INTERESTED))
                return link
        except ConnectionError:
            pass
        link.close()
        time.sleep(0.5)
    raise ConnectionError(f"{at[0]}:{at[1]} does not greet")


def has_all(at, infohash):
    """Whether a peer says that it has every piece (or the first eight of them, as a checked seed does)."""
    try:
        with greet(at, infohash, FAST) as link, link.makefile("rb") as stream:
            while head := stream.read(4):
                body = stream.read(struct.unpack(">I", head)[0])
                if body and body[0] in (HAVE_ALL, BITFIELD):
                    return body[0] == HAVE_ALL or body[1] == 0xFF
    except (OSError, struct.error):
        pass
    return False
