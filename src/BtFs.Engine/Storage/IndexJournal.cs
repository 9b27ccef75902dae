using System.Buffers;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Storage;

/// <summary>Which pieces the data file holds, and their checksums: a file that only grows. One owner writes; not thread-safe.</summary>
/// <remarks>
/// Data goes before its record, so a killed process never leaves a claim without bytes. A power cut may reorder the two; then
/// the checksums differ, which is found at the first read.
/// </remarks>
internal sealed class IndexJournal
{
    private readonly IStoredFile _file;
    private readonly InfoHash _torrent;
    private readonly TorrentLayout _layout;
    private readonly ArrayBufferWriter<byte> _waiting = new();
    private long _end;

    private IndexJournal(IStoredFile file, InfoHash torrent, TorrentLayout layout)
    {
        Claims = new PieceChecksums(layout);
        _file = file;
        _torrent = torrent;
        _layout = layout;
    }

    /// <summary>The pieces that the journal claimed when it was opened, with their checksums.</summary>
    internal PieceChecksums Claims { get; }

    /// <summary>Replays a journal up to its first damage, and cuts it off there.</summary>
    /// <param name="file">Stays the caller's.</param>
    /// <param name="torrent">Whose journal it must be; another one's is emptied.</param>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    internal static async ValueTask<IndexJournal> OpenAsync(IStoredFile file, InfoHash torrent, TorrentLayout layout)
    {
        var journal = new IndexJournal(file, torrent, layout);
        if (await journal.HasOurHeaderAsync())
        {
            await journal.ReplayAsync();
        }

        if (file.Length > journal._end)
        {
            file.SetLength(journal._end);
        }

        return journal;
    }

    /// <summary>Takes a record down, for the next <see cref="FlushAsync"/>.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="sums">Its checksums; none when it is gone.</param>
    internal void Append(PieceIndex piece, ReadOnlySpan<ulong> sums)
    {
        if (_end == 0 && _waiting.WrittenCount == 0)
        {
            IndexRecords.WriteHeader(_waiting, _torrent, _layout);
        }

        IndexRecords.WriteRecord(_waiting, _end + _waiting.WrittenCount, piece, sums);
    }

    /// <summary>Writes what was taken down. If that fails, all of it is forgotten and the journal is as it was.</summary>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    internal async ValueTask FlushAsync()
    {
        try
        {
            await _file.WriteAsync(_waiting.WrittenMemory, _end);
            _end += _waiting.WrittenCount;
        }
        finally
        {
            _waiting.ResetWrittenCount();
        }
    }

    private async ValueTask<bool> HasOurHeaderAsync()
    {
        var ours = new ArrayBufferWriter<byte>(IndexRecords.HeaderLength);
        IndexRecords.WriteHeader(ours, _torrent, _layout);
        var found = new byte[IndexRecords.HeaderLength];
        return await _file.ReadAsync(found, 0, CancellationToken.None) == found.Length && ours.WrittenSpan.SequenceEqual(found);
    }

    private async ValueTask ReplayAsync()
    {
        const int ReadLength = 64 << 10;
        _end = IndexRecords.HeaderLength;

        // With room for the longest record beyond it, a read always holds one whole record at least.
        var longest = _layout.PieceCount == 0 ? 0 : _layout.BlocksIn(new PieceIndex(0));
        var bytes = new byte[ReadLength + IndexRecords.LengthOf(longest)];
        while (true)
        {
            var before = _end;
            var read = await _file.ReadAsync(bytes, _end, CancellationToken.None);
            TakeRecords(bytes.AsSpan(0, read));
            if (_end == before)
            {
                return;
            }
        }
    }

    private void TakeRecords(ReadOnlySpan<byte> bytes)
    {
        while (IndexRecords.TryRead(bytes, _end, _layout, out var piece, out var found))
        {
            if (found.Length == 0)
            {
                Claims.TryEnd(piece, Claims.LifeOf(piece));
            }
            else
            {
                Claims.Add(piece, found);
            }

            var length = IndexRecords.LengthOf(found.Length);
            bytes = bytes[length..];
            _end += length;
        }
    }
}
