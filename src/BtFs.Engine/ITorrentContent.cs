using BtFs.Engine.Layout;
using BtFs.Engine.Reports;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine;

/// <summary>The files of one torrent, readable. Safe from any thread.</summary>
public interface ITorrentContent
{
    /// <summary>What the torrent says of itself: names, lengths, attributes.</summary>
    InfoDictionary Info { get; }

    /// <summary>The torrent's creation date, if it has one (BEP 3, "creation date").</summary>
    DateTimeOffset? CreatedAt { get; }

    /// <summary>Bytes of a file that are verified and held, 0 to its length.</summary>
    long BytesPresent(FileIndex file);

    /// <summary>A reader with a position of its own: one for each open handle. Dispose it at release.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="style">Whether anything is fetched ahead of its reads.</param>
    /// <param name="mayFetch">Asked, on any thread, before bytes are fetched for a read; told how many, in whole pieces. Null: as many as it likes.</param>
    /// <param name="label">Who reads, for <see cref="ReaderReport.Label"/>; the engine does not look at it.</param>
    IContentReader OpenReader(FileIndex file, ReadingStyle style = ReadingStyle.Following, Func<long, bool>? mayFetch = null, object? label = null);

    /// <summary>Copies of a file's rarest piece among those connected, web seeds too; 0 for an empty file.</summary>
    int CopiesOfRarest(FileIndex file);

    /// <summary>What of a file is not here, in order.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="most">Ranges told at most; the first ones.</param>
    IReadOnlyList<ByteRange> MissingRanges(FileIndex file, int most);

    /// <summary>Why a read of a file waits, a fifth of a second ago: the one that has waited longest; null when none has waited for long.</summary>
    WaitReport? WaitFor(FileIndex file);
}

/// <summary>Reads one file for one open handle; its reads steer the read-ahead.</summary>
public interface IContentReader : IDisposable
{
    /// <summary>Answers from memory, at once, or not at all. Allocates nothing and never waits.</summary>
    /// <param name="offset">First byte in the file.</param>
    /// <param name="length">Bytes, at least 1; the range lies inside the file.</param>
    /// <param name="into">Empty; filled with exactly <paramref name="length"/> bytes on success and left empty otherwise.</param>
    bool TryRead(long offset, int length, ContentSegments into);

    /// <summary>Waits for the swarm or the disk as long as it takes.</summary>
    /// <exception cref="OperationCanceledException">The reader was interrupted.</exception>
    /// <exception cref="FetchRefusedException">Not all of it is here, and nothing may be fetched for this reader.</exception>
    /// <exception cref="ContentUnavailableException">No source, and no progress for the read timeout; or the torrent is closing.</exception>
    ValueTask ReadAsync(long offset, int length, ContentSegments into, CancellationToken cancel);
}
