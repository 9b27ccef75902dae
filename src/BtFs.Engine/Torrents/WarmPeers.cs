using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Torrents;

/// <summary>Keeps the quickest peers from taking us for idle while the torrent is in use, so that the next read finds them. Owned by the loop.</summary>
/// <remarks>
/// A libtorrent seed hangs up on a peer that is interested, not choked, and has asked for nothing for 60 s; Transmission does after 60 to
/// 300 s. So each of a few peers is asked for one block every 40 s: 5 kB/s in all. The blocks are of use: what is left of unfinished pieces
/// first, then the pieces that follow what was read.
/// </remarks>
internal sealed class WarmPeers(TransferParts parts, Downloads downloads)
{
    /// <summary>Peers kept warm.</summary>
    internal const int Count = 12;

    /// <summary>How long after the last read, or the closing of the last file, peers are kept warm.</summary>
    internal static readonly TimeSpan UseLasts = TimeSpan.FromMinutes(10);

    /// <summary>How long a peer goes without a request: libtorrent's 60 s, less what a late answer and a slow tick may cost.</summary>
    internal static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(40);

    /// <summary>Unfinished pieces beyond which none is opened for this: blocks should make whole pieces.</summary>
    private const int MaxUnfinished = 4;

    /// <summary>Bytes of the same.</summary>
    private const long MaxUnfinishedBytes = 32L << 20;

    /// <summary>Pieces looked at for one block.</summary>
    private const int MaxLook = 4096;

    /// <summary>Places in the torrent remembered as recently read.</summary>
    private const int MaxPlaces = 4;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly HashSet<object> _readers = [];
    private readonly List<PieceIndex> _places = [];
    private readonly List<Peer> _hot = [];
    private TimeSpan? _usedAt;
    private TimeSpan _nextLook;
    private bool _wasUsed;

    /// <summary>A read waits for pieces up to this one.</summary>
    internal void Used(PieceIndex last)
    {
        _wasUsed = true;
        _places.Remove(last);
        _places.Insert(0, last);
        if (_places.Count > MaxPlaces)
        {
            _places.RemoveAt(MaxPlaces);
        }
    }

    /// <summary>An open handle's windows have moved; none when it was closed.</summary>
    internal void Opened(object reader, IReadOnlyList<ReadWindow> windows)
    {
        _wasUsed = true;
        if (windows.Count == 0)
        {
            _readers.Remove(reader);
        }
        else if (_readers.Add(reader))
        {
            Used(parts.Layout.PieceAt(windows[0].Start));
        }
    }

    /// <summary>Asks whoever is about to take us for idle.</summary>
    internal void Tick(IReadOnlyList<Peer> peers, TimeSpan now)
    {
        if (_wasUsed || _readers.Count > 0)
        {
            _usedAt = now;
            _wasUsed = false;
        }

        if (now < _nextLook || _usedAt is not { } used || now - used > UseLasts || parts.Pieces.IsComplete)
        {
            return;
        }

        _nextLook = now + LookEvery;
        ChooseHot(peers);
        foreach (var peer in _hot)
        {
            if (peer.Requests.IsEmpty && now - LastAsked(peer) >= AskEvery)
            {
                AskOne(peer, now);
            }
        }
    }

    private static TimeSpan LastAsked(Peer peer) => peer.Speed.LastSign > peer.ConnectedAt ? peer.Speed.LastSign : peer.ConnectedAt;

    private void ChooseHot(IReadOnlyList<Peer> peers)
    {
        _hot.Clear();
        foreach (var peer in peers)
        {
            if (!peer.ChokesUs && !peer.IsLeaving && !peer.IsSuspect && !peer.IsWebSeed)
            {
                _hot.Add(peer);
            }
        }

        if (_hot.Count > Count)
        {
            _hot.Sort(static (a, b) => a.Speed.EtaAtRest.CompareTo(b.Speed.EtaAtRest));
            _hot.RemoveRange(Count, _hot.Count - Count);
        }
    }

    private void AskOne(Peer peer, TimeSpan now)
    {
        var unfinished = 0;
        foreach (var piece in downloads.Unfinished.ToList())
        {
            unfinished++;
            if (downloads.AskOne(peer, piece, now))
            {
                return;
            }
        }

        if (unfinished < MaxUnfinished && (unfinished == 0 || (unfinished + 1L) * parts.Layout.PieceLength <= MaxUnfinishedBytes))
        {
            AskNew(peer, now);
        }
    }

    /// <summary>The next piece that is missing after a place that was read, in each place's turn; then from the front.</summary>
    private void AskNew(Peer peer, TimeSpan now)
    {
        var left = MaxLook;
        foreach (var place in _places)
        {
            if (AskFrom(place.Value, peer, ref left, now))
            {
                return;
            }
        }

        AskFrom(0, peer, ref left, now);
    }

    private bool AskFrom(int first, Peer peer, ref int left, TimeSpan now)
    {
        for (var i = first; i < parts.Layout.PieceCount && left > 0; i++, left--)
        {
            if (downloads.AskOne(peer, new PieceIndex(i), now))
            {
                return true;
            }
        }

        return false;
    }
}
