using System.Net;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Dht;

/// <summary>Peers that were announced to us, kept for others (BEP 5, BEP 33): one for each address, each for half an hour.</summary>
internal sealed class AnnouncedPeers(Random random)
{
    private readonly Dictionary<InfoHash, Dictionary<IPAddress, Announced>> _torrents = [];
    private byte[] _samples = [];
    private TimeSpan _samplesGoodUntil;

    /// <summary>Torrents of which peers are kept.</summary>
    internal int Count => _torrents.Count;

    /// <summary>Keeps a peer. Where there are too many torrents, the one furthest from us goes: others keep it better.</summary>
    /// <returns>Whether it is kept.</returns>
    internal bool Add(InfoHash torrent, IPEndPoint peer, bool isSeed, in NodeId self, TimeSpan now)
    {
        if (!_torrents.TryGetValue(torrent, out var peers))
        {
            if (_torrents.Count >= DhtLimits.Torrents && !TryMakeRoom(torrent, self))
            {
                return false;
            }

            _torrents[torrent] = peers = [];
        }

        if (peers.Count >= DhtLimits.PeersOfTorrent && !peers.ContainsKey(peer.Address))
        {
            peers.Remove(peers.MinBy(pair => pair.Value.At).Key);
        }

        peers[peer.Address] = new Announced(peer, isSeed, now);
        return true;
    }

    /// <summary>Some peers of a torrent, of one family, in no order.</summary>
    internal List<IPEndPoint> Pick(InfoHash torrent, DhtFamilies family, bool noSeeds, int count)
    {
        if (!_torrents.TryGetValue(torrent, out var peers))
        {
            return [];
        }

        var fitting = peers.Values
            .Where(peer => CompactAddress.FamilyOf(peer.Address.Address) == family && !(noSeeds && peer.IsSeed))
            .Select(peer => peer.Address)
            .ToArray();
        random.Shuffle(fitting);
        return [.. fitting.Take(count)];
    }

    /// <summary>About how many peers of a torrent are kept (BEP 33); null where none are.</summary>
    internal (SwarmFilter Seeds, SwarmFilter Leechers)? Scrape(InfoHash torrent)
    {
        if (!_torrents.TryGetValue(torrent, out var peers))
        {
            return null;
        }

        var (seeds, leechers) = (new SwarmFilter(), new SwarmFilter());
        foreach (var peer in peers.Values)
        {
            (peer.IsSeed ? seeds : leechers).Add(peer.Address.Address);
        }

        return (seeds, leechers);
    }

    /// <summary>Some infohashes behind each other (BEP 51); the same ones until the returned time is over.</summary>
    internal (byte[] Samples, TimeSpan GoodFor) Sample(TimeSpan now)
    {
        if (now >= _samplesGoodUntil)
        {
            var torrents = _torrents.Keys.ToArray();
            random.Shuffle(torrents);
            _samples = [.. torrents.Take(DhtLimits.Samples).SelectMany(torrent => ((ReadOnlySpan<byte>)torrent).ToArray())];
            _samplesGoodUntil = now + DhtLimits.SampleLife;
        }

        return (_samples, _samplesGoodUntil - now);
    }

    /// <summary>Forgets who was not announced again for half an hour. To be called now and then.</summary>
    internal void Expire(TimeSpan now)
    {
        foreach (var (torrent, peers) in _torrents.ToList())
        {
            foreach (var gone in peers.Where(pair => now - pair.Value.At > DhtLimits.PeerLife).Select(pair => pair.Key).ToList())
            {
                peers.Remove(gone);
            }

            if (peers.Count == 0)
            {
                _torrents.Remove(torrent);
            }
        }
    }

    private bool TryMakeRoom(InfoHash newcomer, NodeId self)
    {
        var furthest = newcomer;
        foreach (var torrent in _torrents.Keys)
        {
            if (NodeId.CompareDistance(self, NodeId.Of(torrent), NodeId.Of(furthest)) > 0)
            {
                furthest = torrent;
            }
        }

        return _torrents.Remove(furthest);
    }

    private readonly record struct Announced(IPEndPoint Address, bool IsSeed, TimeSpan At);
}
