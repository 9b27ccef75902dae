#!/usr/bin/python3
"""A DHT on loopback addresses: libtorrent sessions in one process, and nodes that lie. Driven by JSON lines as seed.py is.

usage: dht.py NODES LIARS PORT

Node i listens at 127.1.0.i+1, liar i at 127.2.0.i+1, all on the same port. Ends when stdin ends.
"""
import json
import os
import socket
import sys
import threading
import warnings

import libtorrent as lt

warnings.simplefilter("ignore", DeprecationWarning)
NODES, LIARS, PORT = (int(word) for word in sys.argv[1:4])


def address(host, i):
    return f"127.{host}.{(i + 1) >> 8}.{(i + 1) & 255}"


def node(i):
    return lt.session({
        "listen_interfaces": f"{address(1, i)}:{PORT}",
        "outgoing_interfaces": address(1, i),
        "enable_dht": True,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": False,
        "enable_incoming_utp": False,
        "allow_multiple_connections_per_ip": True,
        "alert_mask": 0,
        "dht_bootstrap_nodes": "",
        "dht_restrict_routing_ips": False,
        "dht_restrict_search_ips": False,
        "dht_ignore_dark_internet": False,
        "dht_enforce_node_id": False,
        "dht_prefer_verified_node_ids": False,
        "dht_block_ratelimit": 1000,
        "dht_upload_rate_limit": 100_000,
        "user_agent": "btfs test node",
    })


def text(value):
    return str(len(value)).encode() + b":" + value


def part(packet, key, length):
    """The string of that length behind a key; a liar needs no parser."""
    at = packet.find(text(key) + str(length).encode() + b":")
    start = at + len(text(key)) + len(str(length)) + 1
    return packet[start:start + length] if at >= 0 else None


def transaction(packet):
    at = packet.rfind(b"1:t")
    digits, _, rest = packet[at + 3:].partition(b":")
    return rest[:int(digits)]


class Liar(threading.Thread):
    """Answers under an id of its own: nothing, or nodes and peers that do not exist, or pings alone; each liar in its way."""

    def __init__(self, i):
        super().__init__(daemon=True)
        self.kind = i % 3
        self.id = os.urandom(20)
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address(2, i), PORT))

    def run(self):
        while True:
            packet, sender = self.socket.recvfrom(2048)
            if b"1:y1:q" not in packet:
                continue
            self.asked += 1
            target = part(packet, b"target", 20) or part(packet, b"info_hash", 20)
            if target and self.kind == 2:
                continue
            lies = b"2:id" + text(self.id)
            if target and self.kind == 1:
                made_up = b"".join(target[:-1] + bytes([target[-1] ^ i]) + socket.inet_aton(f"127.3.{i}.{self.id[0]}") + b"\x1a\xe1" for i in range(1, 9))
                lies += b"5:nodes" + text(made_up)
            lies += b"5:token4:liar"
            if target and self.kind == 1:
                lies += b"6:valuesl" + b"".join(text(socket.inet_aton(f"127.3.9.{i}") + b"\x00\x09") for i in range(1, 9)) + b"e"
            self.socket.sendto(b"d1:rd" + lies + b"e1:t" + text(transaction(packet)) + b"1:y1:re", sender)


def seed(command):
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(command["torrent"])
    params.save_path = command["folder"]
    params.flags = (params.flags | lt.torrent_flags.seed_mode) & ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
    for index, path in enumerate(command.get("paths") or []):
        if path is not None and path != params.ti.files().file_path(index):
            params.ti.rename_file(index, path)
    seeds.append(sessions[command["node"]].add_torrent(params))
    seeds[-1].force_dht_announce()
    return {}


def introduce(command):
    """Each node hears of some others: what would take minutes otherwise."""
    for i, session in enumerate(sessions):
        for step in (1, 2, 3, 5, 8, 13, 21, 34):
            session.add_dht_node((address(1, (i + step) % NODES), PORT))
    return {}


def stats(command):
    return {"known": [session.status().dht_nodes for session in sessions], "asked": [liar.asked for liar in liars]}


seeds = []
sessions = [node(i) for i in range(NODES)]
liars = [Liar(i) for i in range(LIARS)]
for liar in liars:
    liar.start()
actions = {"seed": seed, "stats": stats, "introduce": introduce}
print(json.dumps({"nodes": [f"{address(1, i)}:{PORT}" for i in range(NODES)], "liars": [f"{address(2, i)}:{PORT}" for i in range(LIARS)]}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    try:
        answer = actions[command["do"]](command)
    except Exception as error:
        answer = {"failed": repr(error)}
    print(json.dumps(answer), flush=True)
os._exit(0)  # no goodbyes: fifty sessions would take their time
