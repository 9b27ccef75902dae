"""The ways to read a torrent that are compared, behind one face: see source.py."""
