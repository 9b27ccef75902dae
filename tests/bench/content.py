"""What is torrented: files that do not compress, made once a run, and a .torrent for each length of piece."""
import hashlib
import os

MIB = 1 << 20


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(bencode(item) for item in value) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"


class Torrent:
    """One torrent of the content: where the original is, to compare with, and where its .torrent is."""

    def __init__(self, content, piece_length, path):
        self.content = content
        self.piece_length = piece_length
        self.path = path
        info = {"name": content.name, "piece length": piece_length, "pieces": content.hashes(piece_length)}
        if content.count == 1:
            info["length"] = content.size
        else:
            info["files"] = [{"path": [os.path.basename(file)], "length": content.file_size} for file in content.files]
        encoded = bencode(info)
        self.infohash = hashlib.sha1(encoded).hexdigest()
        with open(path, "wb") as out:
            out.write(b"d4:info" + encoded + b"e")

    def magnet(self, peers, tracker=None):
        """A link that names peers as (host, port), and a tracker if there is one."""
        link = f"magnet:?xt=urn:btih:{self.infohash}&dn={self.content.name}"
        link += "".join(f"&x.pe={host}:{port}" for host, port in peers)
        return link + (f"&tr={tracker}" if tracker else "")


class Content:
    """Random bytes in one file, or in several of the same size in a folder."""

    def __init__(self, folder, name, size, count=1):
        self.folder = folder  # where a seed finds the name
        self.name = name
        self.count = count
        self.file_size = size // count
        self.size = self.file_size * count
        root = os.path.join(folder, name)
        if count > 1:
            os.mkdir(root)
        self.files = [root] if count == 1 else [os.path.join(root, f"{index:03}.bin") for index in range(count)]
        for file in self.files:
            with open(file, "wb") as out:
                for done in range(0, self.file_size, MIB):
                    out.write(os.urandom(min(MIB, self.file_size - done)))
        self._torrents = {}

    def hashes(self, piece_length):
        digests, current, left = [], hashlib.sha1(), piece_length
        for file in self.files:
            with open(file, "rb") as data:
                while chunk := data.read(min(left, MIB)):
                    current.update(chunk)
                    left -= len(chunk)
                    if not left:
                        digests.append(current.digest())
                        current, left = hashlib.sha1(), piece_length
        if left < piece_length:
            digests.append(current.digest())
        return b"".join(digests)

    def torrent(self, piece_length):
        if piece_length not in self._torrents:
            path = os.path.join(self.folder, f"{self.name}.{piece_length >> 10}k.torrent")
            self._torrents[piece_length] = Torrent(self, piece_length, path)
        return self._torrents[piece_length]

    def remove(self):
        for file in self.files:
            os.unlink(file)
        if self.count > 1:
            os.rmdir(os.path.dirname(self.files[0]))
