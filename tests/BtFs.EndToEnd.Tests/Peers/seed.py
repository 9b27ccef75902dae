#!/usr/bin/python3
"""A libtorrent peer that is told what to do by JSON lines on stdin and answers each with one JSON line on stdout.

Ends when stdin ends, so it never outlives the test that started it.
"""
import json
import sys

import libtorrent as lt

LISTEN = sys.argv[1]  # address:port
TRUST_DISK = "--trust-disk" in sys.argv[2:]  # send what is on disk, checked or not
ENCRYPTED = next((arg[12:] for arg in sys.argv[2:] if arg.startswith("--encrypted=")), "")  # whoever calls: the whole stream ("rc4") or at least the handshake ("header")
PATIENT = "--patient" in sys.argv[2:]  # keep a peer that wants nothing just now; others close it as redundant
UTP = "--utp" in sys.argv[2:]  # talk uTP and no TCP
DEAF = "--deaf" in sys.argv[2:]  # hears of no peers from others
COUNT_BLOCKS = "--quiet" not in sys.argv[2:]  # an alert for each block costs time that a benchmark would see

session = lt.session({
    "listen_interfaces": LISTEN,
    "outgoing_interfaces": LISTEN.rsplit(":", 1)[0].strip("[]"),
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": UTP,
    "enable_incoming_utp": UTP,
    "enable_outgoing_tcp": not UTP,
    "enable_incoming_tcp": not UTP,
    "allow_multiple_connections_per_ip": True,
    "alert_mask": (lt.alert.category_t.upload_notification if COUNT_BLOCKS else 0) | lt.alert.category_t.status_notification
    | lt.alert.category_t.error_notification,
    "alert_queue_size": 1_000_000,
    "disable_hash_checks": TRUST_DISK,
    "close_redundant_connections": not PATIENT,
    "send_buffer_watermark": 8 << 20,
    "unchoke_slots_limit": 200,
    "upload_rate_limit": 0,
    "user_agent": "btfs test seed",
}, 0 if DEAF else lt.session_flags_t.add_default_plugins)
if ENCRYPTED:
    session.apply_settings({
        "in_enc_policy": int(lt.enc_policy.pe_forced),
        "out_enc_policy": int(lt.enc_policy.pe_forced),
        "allowed_enc_level": int(lt.enc_level.pe_rc4 if ENCRYPTED == "rc4" else lt.enc_level.pe_both),
    })
torrents = {}  # infohash in hex → handle
uploaded = {}  # (infohash, piece) → blocks sent


def handle(of):
    return torrents[of] if of else next(iter(torrents.values()))


def drain():
    for alert in session.pop_alerts():
        if isinstance(alert, lt.block_uploaded_alert):
            key = (str(alert.handle.info_hash()), alert.piece_index)
            uploaded[key] = uploaded.get(key, 0) + 1


def add(command):
    info = lt.torrent_info(command["torrent"], {"max_pieces": 4_000_000})
    params = lt.add_torrent_params()
    params.ti = info
    params.save_path = command["folder"]
    params.flags = (params.flags | lt.torrent_flags.seed_mode) & ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
    renamed = command.get("paths")
    if renamed:
        files = info.files()
        for index, path in enumerate(renamed):
            if path is not None and path != files.file_path(index):
                info.rename_file(index, path)
    added = session.add_torrent(params)
    torrents[str(info.info_hash())] = added
    return {"infohash": str(info.info_hash())}


def leech(command):
    """Joins without a byte of the content, and hardly takes any: a peer that hears of pieces."""
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(command["torrent"], {"max_pieces": 4_000_000})
    params.save_path = command["folder"]
    params.flags = params.flags & ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
    params.download_limit = 1000
    which = str(params.ti.info_hash())
    torrents[which] = session.add_torrent(params)
    return {"infohash": which}


def fetch(command):
    """Joins without a byte of the content, and fetches it from one peer."""
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(command["torrent"], {"max_pieces": 4_000_000})
    params.save_path = command["folder"]
    params.flags = params.flags & ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
    which = str(params.ti.info_hash())
    torrents[which] = session.add_torrent(params)
    torrents[which].connect_peer((command["address"], command["port"]))
    return {"infohash": which}


def told(command):
    """How many pieces each peer says to have, as things stand. Seeds, which were heard of by peer exchange, are left out."""
    return {"pieces": [peer.num_pieces for peer in handle(command.get("infohash")).get_peer_info() if not peer.flags & peer.seed]}


def stats(command):
    drain()
    which = str(handle(command.get("infohash")).info_hash())
    status = handle(which).status()
    return {
        "payload": status.total_payload_upload,
        "total": status.total_upload,
        "peers": status.num_peers,
        "seeding": status.is_seeding,
        "error": status.errc.message() if status.errc.value() else "",
        "blocks": {str(piece): count for (of, piece), count in uploaded.items() if of == which},
    }


def peers(command):
    return {"peers": [f"{p.ip[0]}:{p.ip[1]}" for p in handle(command.get("infohash")).get_peer_info()]}


def ciphers(command):
    """How each connection is encrypted."""
    return {"ciphers": [
        "rc4" if peer.flags & peer.rc4_encrypted else "header" if peer.flags & peer.plaintext_encrypted else "plain"
        for peer in handle(command.get("infohash")).get_peer_info()
    ]}


def limit(command):
    session.apply_settings({"upload_rate_limit": command["rate"]})
    # A limit of the session spares peers on the local network unless told otherwise; the torrent's own does not.
    for torrent in torrents.values():
        torrent.set_upload_limit(command["rate"])
    return {}


def connect(command):
    handle(command.get("infohash")).connect_peer((command["address"], command["port"]))
    return {}


actions = {"add": add, "leech": leech, "fetch": fetch, "told": told, "stats": stats, "peers": peers, "ciphers": ciphers, "limit": limit, "connect": connect}
print(json.dumps({"port": session.listen_port()}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    try:
        answer = actions[command["do"]](command)
    except Exception as error:
        answer = {"failed": repr(error)}
    print(json.dumps(answer), flush=True)
