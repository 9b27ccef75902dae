#!/usr/bin/python3
"""A libtorrent peer that downloads all of a torrent from one peer alone, and ends when it has it.

Arguments: .torrent, folder for the content, address:port to listen on, address:port of the peer.
Says on stdout each time that it has got further, so that whoever waits sees that it does.
"""
import sys
import time

import libtorrent as lt

torrent, folder, listen, peer = sys.argv[1:]
# No plugins: peer exchange would bring others.
session = lt.session({
    "listen_interfaces": listen,
    "outgoing_interfaces": listen.rsplit(":", 1)[0],
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "user_agent": "btfs test leecher",
}, 0)
params = lt.add_torrent_params()
params.ti = lt.torrent_info(torrent)
params.save_path = folder
params.flags = params.flags & ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
params.trackers = []
handle = session.add_torrent(params)
host, port = peer.rsplit(":", 1)
have = -1
while True:
    status = handle.status()
    if status.num_pieces != have:
        have = status.num_pieces
        print(have, flush=True)
    if status.is_seeding:
        break
    if status.num_peers == 0:
        handle.connect_peer((host, int(port)))
    time.sleep(0.05)
