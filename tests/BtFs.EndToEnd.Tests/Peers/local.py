#!/usr/bin/python3
"""A libtorrent seed that is found on the local network and nowhere else: local.py ADDRESS TORRENT FOLDER."""
import sys
import time

import libtorrent as lt

address, torrent, folder = sys.argv[1:4]
session = lt.session({
    "listen_interfaces": f"{address}:7001",
    "enable_dht": False,
    "enable_lsd": True,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
})
params = lt.add_torrent_params()
params.ti = lt.torrent_info(torrent)
params.save_path = folder
params.flags = (params.flags | lt.torrent_flags.seed_mode) & ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
session.add_torrent(params)
print("seeding", flush=True)
while True:
    time.sleep(60)
