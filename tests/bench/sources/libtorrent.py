"""libtorrent itself, through python3-libtorrent: a reader that sets deadlines, and a plain download."""
import errno
import time

import libtorrent as lt

from bench.sources.source import PieceSource, Ticket

SETTINGS = {
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "enable_outgoing_utp": False, "enable_incoming_utp": False,
    "listen_interfaces": "127.0.0.1:0", "allow_multiple_connections_per_ip": True,
    "close_redundant_connections": False, "announce_to_all_trackers": True,
    "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.storage_notification | lt.alert.category_t.error_notification,
    "alert_queue_size": 100_000, "connection_speed": 200, "torrent_connect_boost": 200, "tick_interval": 100,
    "out_enc_policy": 2, "in_enc_policy": 2,  # none: the others do without, and it costs time
}


class LibtorrentSource(PieceSource):
    """Reads with set_piece_deadline and read_piece; nothing else is fetched unless the job asks for a background download."""

    def __init__(self, job):
        super().__init__(job)
        self.job = job

    def open(self):
        job = self.job
        self.session = lt.session(SETTINGS)
        self.started = time.monotonic()
        if job["magnet"]:
            params = lt.parse_magnet_uri(job["magnet"])
        else:
            params = lt.add_torrent_params()
            params.ti = lt.torrent_info(job["torrent"])
        params.save_path = job["home"]
        params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        # With nothing to download it would not connect to seeds: a held torrent wants everything and asks for nothing.
        held = job["wait_for_peers"] and not job["background"] and job["workload"] != "download"
        if held:
            params.flags |= lt.torrent_flags.upload_mode
        elif job["workload"] == "launch":
            params.flags |= lt.torrent_flags.default_dont_download
        self.handle = self.session.add_torrent(params)
        for host, port in job["peers"]:
            self.handle.connect_peer((host, port))
        self._until(lambda: self.handle.status().has_metadata, 60, "no metadata")
        self.listed = time.monotonic()
        if job["wait_for_peers"]:
            self._until(lambda: sum(peer.flags & (lt.peer_info.connecting | lt.peer_info.handshake) == 0
                                    for peer in self.handle.get_peer_info()) >= len(job["peers"]), 30, "not all peers connected")
        if held:
            self.handle.prioritize_pieces([0] * self.piece_count)
            self.handle.unset_flags(lt.torrent_flags.upload_mode)

    def _until(self, met, within, otherwise):
        deadline = time.monotonic() + within
        while not met():
            if time.monotonic() > deadline:
                raise RuntimeError(f"libtorrent: {otherwise} within {within} s")
            self.session.wait_for_alert(5)
            self._alerts()

    def start(self, file, offset, length, ahead=0, owner=0):
        ticket = Ticket(owner, file, offset, length)
        needed = self.pieces(file, offset, length)
        wanted = self.wanted.setdefault(owner, set())
        window = self.pieces(file, offset, min(length + ahead, self.file_size - offset))
        for rank, piece in enumerate(window):
            if piece not in wanted:
                wanted.add(piece)
                self.handle.set_piece_deadline(piece, rank * 10, lt.deadline_flags_t.alert_when_available)
        self.behind(owner, needed[0])
        self.tickets.append(ticket)
        self.answer()
        return ticket

    def forget(self, owner):
        for piece in self.wanted.pop(owner, ()):
            here = piece in self.have
            if self.release(piece) and not here:
                self.handle.reset_piece_deadline(piece)
                self.handle.piece_priority(piece, 1 if self.job["background"] else 0)

    def wait(self, timeout):
        if not self.finished:
            self.session.wait_for_alert(max(1, int(timeout * 1000)))
            self._alerts()
            self.answer()
        done, self.finished = self.finished, []
        return done

    def _alerts(self):
        for alert in self.session.pop_alerts():
            if isinstance(alert, lt.read_piece_alert):
                if alert.error.value() == errno.ECANCELED:
                    continue  # its deadline was taken away
                if alert.error.value():
                    raise RuntimeError(f"libtorrent: {alert.message()}")
                self.have[alert.piece] = alert.buffer
            elif isinstance(alert, (lt.torrent_error_alert, lt.file_error_alert)):
                raise RuntimeError(f"libtorrent: {alert.message()}")

    def download(self):
        """Downloads everything as libtorrent does when it is left alone; returns when every piece is there.

        It began when the peers were connected, which open() waits for: what had come before the clock began is returned.
        """
        before = self.handle.status().total_payload_download
        done = False
        while not done:
            self.session.wait_for_alert(1000)
            done = any(isinstance(alert, lt.torrent_finished_alert) for alert in self.session.pop_alerts()) \
                or self.handle.status().progress == 1
        return before
