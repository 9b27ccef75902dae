using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Reports;

namespace BtFs.Engine.Torrents;

/// <summary>Works out why reads wait. Owned by the loop.</summary>
internal sealed class WaitReports(TransferParts parts, Swarm swarm, DemandBook demand, Downloads downloads, ITorrentLinks links)
{
    /// <summary>Waits told of at most, those that have lasted longest.</summary>
    internal const int Most = 64;

    /// <summary>Every read that is fetched waits; this is when it is worth a word.</summary>
    internal static readonly TimeSpan WorthTelling = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private IReadOnlyList<WaitReport> _latest = [];
    private TimeSpan _lookAt;

    /// <summary>How it stood when last looked at. Any thread may ask.</summary>
    internal IReadOnlyList<WaitReport> Latest
    {
        get => Volatile.Read(ref _latest);
        private set => Volatile.Write(ref _latest, value);
    }

    /// <summary>Time has passed.</summary>
    internal void Tick(TimeSpan now)
    {
        if (now >= _lookAt || !demand.HasWaiters)
        {
            Look(now);
        }
    }

    /// <summary>Looks now.</summary>
    internal void Look(TimeSpan now)
    {
        _lookAt = now + LookEvery;
        if (!demand.HasWaiters)
        {
            Latest = [];
            return;
        }

        var sources = links.Sources;
        Latest = [.. demand.Waiting.Wishes
            .Where(wish => now - wish.Since >= WorthTelling)
            .OrderBy(wish => wish.Since)
            .Take(Most)
            .Select(wish => Of(wish, sources, now))];
    }

    /// <summary>Why a read waits at this moment.</summary>
    internal WaitReport Of(Wish wish, PeerSources sources, TimeSpan now)
    {
        var piece = FirstMissing(wish);
        var underWay = downloads.UnderWay(piece);
        var length = parts.Layout.LengthOf(piece);
        return new WaitReport
        {
            Piece = piece,
            File = wish.File ?? parts.Layout.FirstFileAt(parts.Layout.StartOf(piece)),
            For = now - wish.Since,
            Peers = swarm.Peers.Count(peer => !peer.IsLeaving),
            PeersWithIt = swarm.Peers.Count(peer => !peer.IsLeaving && peer.Pieces.Has(piece)),
            PeersServing = swarm.Peers.Count(peer => peer.CanAsk(piece)),
            AskedOf = underWay is null ? [] : AskedOf(underWay),
            BytesHere = underWay is not null ? BytesHere(underWay) : parts.Pieces[piece] == PieceState.Verifying ? length : 0,
            PieceLength = length,
            Sources = sources,
            Reader = wish.Reader,
        };
    }

    private PieceIndex FirstMissing(Wish wish)
    {
        var piece = wish.First;
        while (piece.Value < wish.Last.Value && parts.Pieces.Has(piece))
        {
            piece = new PieceIndex(piece.Value + 1);
        }

        return piece;
    }

    private static List<string> AskedOf(PartialPiece piece)
    {
        var asked = new HashSet<Peer>();
        for (var block = 0; block < piece.BlockCount; block++)
        {
            foreach (var owner in piece.OwnersOf(block))
            {
                asked.Add(owner!);
            }
        }

        return [.. asked.Select(peer => peer.Hello.WebSeed ?? peer.Hello.Address.ToString())];
    }

    private static int BytesHere(PartialPiece piece)
    {
        var bytes = 0;
        for (var block = 0; block < piece.BlockCount; block++)
        {
            bytes += piece.IsHere(block) ? piece.Block(block).Length : 0;
        }

        return bytes;
    }
}
