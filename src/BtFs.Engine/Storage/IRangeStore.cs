using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Storage;

/// <summary>Where verified ranges of one torrent live: memory first, disk behind. Safe from any thread.</summary>
internal interface IRangeStore : IAsyncDisposable
{
    /// <summary>Pieces that an earlier run left and that can be read, to begin with.</summary>
    IReadOnlyCollection<PieceIndex> Present { get; }

    /// <summary>Pieces that it may have come upon by itself, and of each of which it will tell sooner or later whether it is found or lost.</summary>
    IReadOnlyCollection<PieceIndex> Uncertain => [];

    /// <summary>Answers from memory or not at all; takes a hold for what it adds to <paramref name="into"/>.</summary>
    bool TryRead(PieceSlice slice, ContentSegments into);

    /// <summary>Answers from memory or disk; false when the range is not here (any more).</summary>
    ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel);

    /// <summary>Keeps a range: from here on it can be read, until <c>lost</c> is told otherwise. Takes over the range's hold. Never waits.</summary>
    void Add(VerifiedRange range);

    /// <summary>Verified bytes accepted but not yet on disk: the measure for back-pressure.</summary>
    long BytesWaiting { get; }

    /// <summary>Bytes that are still here when as many have been added after them. What is fetched ahead of readers must be far less.</summary>
    long Capacity => long.MaxValue;

    /// <summary>Bytes that can be added before others have to go for them; 0 or less when there is none.</summary>
    long Room => long.MaxValue;

    /// <summary>A reader takes bytes of a piece, and may take more: what is read is worth more than what is not.</summary>
    void NoteRead(PieceIndex piece)
    {
    }

    /// <summary>What readers are about to read, all of it: nothing of that has to go for others.</summary>
    void Protect(IReadOnlyList<PieceSpan> live)
    {
    }
}
