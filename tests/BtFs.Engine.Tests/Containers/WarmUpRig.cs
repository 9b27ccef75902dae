using BtFs.Engine.Containers;
using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Storage;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Containers;

/// <summary>A torrent with a file between two others, the real book of demands, and a swarm that sends when it is told to.</summary>
internal sealed class WarmUpRig
{
    internal const int PieceLength = 64 * 1024;

    private const int Before = 100_000;
    private const int Behind = 300_000;

    private readonly SharedBufferPool _pool = new();
    private readonly InMemoryRangeStore _store = new(_ => { });
    private readonly DemandBook _book;
    private readonly byte[] _torrent;

    internal WarmUpRig(byte[] file)
    {
        _torrent = [.. new byte[Before], .. file, .. new byte[Behind]];
        Layout = new TorrentLayout(PieceLength, [Before, file.Length, Behind]);
        Pieces = new PieceMap(Layout, []);
        _book = new DemandBook(Layout);
        WarmUps = new ContainerWarmUps(Layout, Pieces, _store, Post);
    }

    internal static FileIndex File { get; } = new(1);

    internal TorrentLayout Layout { get; }

    internal PieceMap Pieces { get; }

    internal ContainerWarmUps WarmUps { get; }

    /// <summary>How often the wanted ranges changed.</summary>
    internal int Posts { get; private set; }

    /// <summary>Pieces that were wanted and came, in order.</summary>
    internal List<int> Fetched { get; } = [];

    internal IEnumerable<int> Wanted =>
        _book.Ahead.Windows.SelectMany(window => Enumerable.Range(window.First.Value, window.Last.Value - window.First.Value + 1)).Distinct();

    /// <summary>The pieces that hold a range of the file.</summary>
    internal int[] PiecesOf(long start, long end)
    {
        var first = Layout.PieceAt(Before + start).Value;
        return [.. Enumerable.Range(first, Layout.PieceAt(Before + end - 1).Value - first + 1)];
    }

    /// <summary>A reader's own pieces come, as far as they are not here.</summary>
    internal void Bring(long start, long end)
    {
        foreach (var piece in PiecesOf(start, end))
        {
            Add(new PieceIndex(piece));
        }
    }

    /// <summary>Everything that is wanted comes.</summary>
    internal void Deliver()
    {
        foreach (var piece in Wanted.Order().ToList())
        {
            if (Add(new PieceIndex(piece)))
            {
                Fetched.Add(piece);
            }
        }
    }

    /// <summary>A read is answered.</summary>
    /// <param name="warmUp">The file's.</param>
    /// <param name="offset">Where in the file.</param>
    /// <param name="length">Bytes.</param>
    internal void Answer(ContainerWarmUp warmUp, long offset, int length)
    {
        using var answer = new ContentSegments();
        var at = Before + offset;
        for (var end = at + length; at < end;)
        {
            var slice = Layout.FirstSlice(at, end - at);
            var buffer = Buffer(slice.Piece);
            answer.Add(buffer, slice.Offset, slice.Length);
            at += slice.Length;
        }

        warmUp.Answered(offset, answer);
    }

    private void Post(TorrentEvent e)
    {
        var moved = Assert.IsType<TorrentEvent.WindowsMoved>(e);
        _book.SetWindows(moved.Reader, moved.Windows, TimeSpan.Zero);
        Posts++;
    }

    private bool Add(PieceIndex piece)
    {
        using var here = new ContentSegments();
        if (_store.TryRead(new PieceSlice(piece, 0, 1), here))
        {
            return false;
        }

        _store.Add(new VerifiedRange(Layout.Whole(piece), Buffer(piece)));
        return true;
    }

    private SharedBuffer Buffer(PieceIndex piece)
    {
        var buffer = _pool.Rent(Layout.LengthOf(piece));
        _torrent.AsSpan((int)Layout.StartOf(piece), Layout.LengthOf(piece)).CopyTo(buffer.GetSpan());
        return buffer;
    }
}
