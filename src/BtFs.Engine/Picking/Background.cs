using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Picking;

/// <summary>What is fetched though nobody waits for it or is about to: nothing, the files that were read, or all. Owned by the loop.</summary>
/// <remarks>
/// All: the rarest pieces first, unless seeds abound; then in order from where was read last, which suits disks and later reads.
/// All, where the user chose some files: those, in order; what shares a piece with them comes along.
/// Files: in order, the one that was read last before the others.
/// Nothing that was here has to go for it: it stops when the store is full, and what the store let go comes back only for a reader.
/// </remarks>
/// <param name="policy">What is wanted.</param>
/// <param name="layout">The torrent's arithmetic.</param>
/// <param name="map">The state of every piece.</param>
/// <param name="random">Which of the rarest.</param>
/// <param name="room">Bytes that the store can take before others have to go for them; null when it keeps all.</param>
/// <param name="selected">The files that "all" means; none for all of them.</param>
internal sealed class Background(
    PrefetchPolicy policy, TorrentLayout layout, PieceMap map, Random random, Func<long>? room = null, IReadOnlyList<FileRange>? selected = null)
{
    /// <summary>With so many seeds connected no piece is rare.</summary>
    internal const int SeedsAbound = 10;

    /// <summary>Unverified bytes of pieces that nobody reads, unless a piece is longer than half of it.</summary>
    internal const long MaxBytes = PartialPieces.MaxBytes / 2;

    /// <summary>The first pieces are taken at random: there is nothing to trade yet, and the rarest come slowly.</summary>
    private const int RandomPieces = 4;

    /// <summary>Pieces looked at for a peer that has few of them, from the rarest on and again from anywhere.</summary>
    private const int Probes = 512;

    private readonly PieceRun _all = new(0, layout.PieceCount - 1);
    private readonly List<(FileIndex File, PieceRun Run)> _files = [];
    private readonly List<PieceRun>? _selected = policy == PrefetchPolicy.All && selected is { Count: > 0 } ? RunsOf(layout, selected) : null;
    private readonly List<PieceIndex> _begun = [];
    private readonly HashSet<PieceIndex> _lost = [];
    private int _seeds;
    private int _at;

    /// <summary>Whether anything is to be fetched at all.</summary>
    internal bool IsOn => policy switch
    {
        PrefetchPolicy.All when _selected is not null => _selected.Count > 0 || _begun.Count > 0,
        PrefetchPolicy.All => !map.IsComplete,
        PrefetchPolicy.File => _files.Count > 0 || _begun.Count > 0,
        _ => false,
    };

    /// <summary>Where the pieces of peers are counted; null where it does not matter.</summary>
    internal PieceAvailability? Availability { get; } = policy == PrefetchPolicy.All && selected is not { Count: > 0 } ? new PieceAvailability(layout.PieceCount, random) : null;

    /// <summary>Whether a piece has been begun for nobody in particular.</summary>
    internal bool HasBegun(PieceIndex piece) => _begun.Contains(piece);

    /// <summary>A piece is begun.</summary>
    internal void Begin(PieceIndex piece) => _begun.Add(piece);

    /// <summary>A file is read for the first time by somebody who opened it.</summary>
    internal void Touch(FileIndex file)
    {
        if (policy == PrefetchPolicy.None || layout.LengthOf(file) == 0)
        {
            return;
        }

        var first = layout.PieceAt(layout.StartOf(file)).Value;
        _all.GoTo(first);
        _selected?.Find(run => run.Contains(first))?.GoTo(first);
        if (policy == PrefetchPolicy.File)
        {
            _files.RemoveAll(other => other.File == file);
            _files.Add((file, new PieceRun(first, layout.PieceAt(layout.StartOf(file) + layout.LengthOf(file) - 1).Value)));
        }
    }

    /// <summary>A piece has been stored: only what is missing is to be fetched.</summary>
    internal void Stored(PieceIndex piece)
    {
        _lost.Remove(piece);
        Availability?.Exclude(piece, true);
    }

    /// <summary>The store let a piece go: it would do so again.</summary>
    internal void Lost(PieceIndex piece)
    {
        if (policy != PrefetchPolicy.None)
        {
            _lost.Add(piece);
        }
    }

    /// <summary>Looks at the swarm. To be called every few hundred milliseconds.</summary>
    internal void Measure(IReadOnlyList<Peer> peers)
    {
        _seeds = 0;
        foreach (var peer in peers)
        {
            _seeds += peer.Pieces.IsSeed ? 1 : 0;
        }

        _begun.RemoveAll(piece => map[piece] != PieceState.Downloading);
        _files.RemoveAll(file => file.Run.IsOver);
        _selected?.RemoveAll(run => run.IsOver);
    }

    /// <summary>Begins to go through what could be asked of a peer.</summary>
    internal void Rewind() => _at = 0;

    /// <summary>The next piece of which a peer could be asked for blocks: those that were begun, then a new one.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="isNew">Whether it has yet to be begun.</param>
    internal bool TryTake(Peer peer, out PieceIndex piece, out bool isNew)
    {
        while (_at < _begun.Count)
        {
            piece = _begun[_at++];
            if (map[piece] == PieceState.Downloading && peer.CanAsk(piece))
            {
                isNew = false;
                return true;
            }
        }

        isNew = true;
        piece = default;
        var bytes = (_begun.Count + 1L) * layout.PieceLength;
        return bytes <= Math.Max(MaxBytes, 2L * layout.PieceLength) && (room is null || bytes <= room()) && TryNew(peer, out piece);
    }

    private bool IsWanted(PieceIndex piece, Peer peer) => map[piece] == PieceState.Missing && peer.CanAsk(piece) && !_lost.Contains(piece);

    private bool TryNew(Peer peer, out PieceIndex piece) =>
        policy == PrefetchPolicy.File ? TryInFiles(peer, out piece)
        : _selected is not null ? TryInSelected(_selected, peer, out piece)
        : _seeds >= SeedsAbound ? _all.TryTake(map, _lost, peer, out piece)
        : TryRarest(peer, out piece);

    /// <summary>The pieces of each range of files that has a byte in this torrent.</summary>
    private static List<PieceRun> RunsOf(TorrentLayout layout, IReadOnlyList<FileRange> selected)
    {
        var runs = new List<PieceRun>();
        foreach (var range in selected.Where(range => range.First < layout.FileCount))
        {
            var last = new FileIndex(Math.Min(range.Last, layout.FileCount - 1));
            var (start, end) = (layout.StartOf(new FileIndex(range.First)), layout.StartOf(last) + layout.LengthOf(last));
            if (start < end)
            {
                runs.Add(new PieceRun(layout.PieceAt(start).Value, layout.PieceAt(end - 1).Value));
            }
        }

        return runs;
    }

    private bool TryInSelected(List<PieceRun> runs, Peer peer, out PieceIndex piece)
    {
        foreach (var run in runs)
        {
            if (run.TryTake(map, _lost, peer, out piece))
            {
                return true;
            }
        }

        piece = default;
        return false;
    }

    private bool TryInFiles(Peer peer, out PieceIndex piece)
    {
        for (var i = _files.Count - 1; i >= 0; i--)
        {
            if (_files[i].Run.TryTake(map, _lost, peer, out piece))
            {
                return true;
            }
        }

        piece = default;
        return false;
    }

    private bool TryRarest(Peer peer, out PieceIndex piece)
    {
        var rarest = Availability!.Rarest;
        if (rarest.IsEmpty)
        {
            piece = default;
            return false;
        }

        var start = map.HaveCount < RandomPieces ? random.Next(rarest.Length) : 0;
        return TryAmong(peer, rarest, start, out piece) || TryAmong(peer, rarest, random.Next(rarest.Length), out piece);
    }

    private bool TryAmong(Peer peer, ReadOnlySpan<int> pieces, int start, out PieceIndex piece)
    {
        for (var i = 0; i < Math.Min(Probes, pieces.Length); i++)
        {
            piece = new PieceIndex(pieces[(start + i) % pieces.Length]);
            if (IsWanted(piece, peer))
            {
                return true;
            }
        }

        piece = default;
        return false;
    }
}
