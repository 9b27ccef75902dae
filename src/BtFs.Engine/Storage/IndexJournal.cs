using System.Buffers;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Storage;

/// <summary>Which pieces the data file holds, and their checksums: a file that grows, and is written anew when most of it is dead. One owner writes; not thread-safe.</summary>
/// <remarks>
/// Data goes before its record, so a killed process never leaves a claim without bytes. A power cut may reorder the two: so what was
/// claimed under another start of the machine is suspect (<see cref="PieceChecksums.BelievedLifeOf"/>), as is everything when the data
/// file is not the one that the last run left.
/// </remarks>
internal sealed class IndexJournal
{
    /// <summary>Bytes of dead records that are not worth the work of writing the rest anew: 16 KiB.</summary>
    internal const long UsualSlack = 16 << 10;

    private const int ChunkLength = 64 << 10;

    private readonly DiskFiles _files;
    private readonly InfoHash _torrent;
    private readonly TorrentLayout _layout;
    private readonly Guid _boot;
    private readonly ulong _inode;
    private readonly bool _believes;
    private readonly long _slack;
    private readonly ArrayBufferWriter<byte> _waiting = new();

    // Where the journal ends, and the check of its last record; and the check of the last one that waits.
    private long _end;
    private uint _check;
    private uint _waitingCheck;
    private bool _isBegun;
    private long _lookAt;

    private IndexJournal(DiskFiles files, InfoHash torrent, TorrentLayout layout, Guid boot, FileIdentity data, IndexReplay replay, long slack)
    {
        _files = files;
        _torrent = torrent;
        _layout = layout;
        _boot = boot;
        _inode = data.Inode;
        _slack = slack;
        Claims = replay.Claims;
        _believes = replay.Holds(boot, data);
        if (!_believes)
        {
            Claims.DoubtAll();
        }
    }

    /// <summary>The pieces that the journal claimed when it was opened, with their checksums.</summary>
    internal PieceChecksums Claims { get; }

    /// <summary>Replays a journal up to its first damage, and cuts it off there.</summary>
    /// <param name="files">The journal, and the data file it speaks of. They stay the caller's.</param>
    /// <param name="torrent">Whose journal it must be; another one's is emptied.</param>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="boot">The machine's start now, see <see cref="SystemBoot"/>.</param>
    /// <param name="slack">Bytes of dead records that may always stay.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    internal static async ValueTask<IndexJournal> OpenAsync(
        DiskFiles files, InfoHash torrent, TorrentLayout layout, Guid boot, long slack = UsualSlack)
    {
        var replay = new IndexReplay(layout);
        var (end, check) = await ReplayAsync(files.Index, torrent, layout, replay);
        if (files.Index.Length > end)
        {
            files.Index.SetLength(end);
        }

        var journal = new IndexJournal(files, torrent, layout, boot, files.Data.Identity, replay, slack)
        {
            _end = end,
            _check = check,
            _waitingCheck = check,
        };
        await journal.TryBeginAsync();
        return journal;
    }

    /// <summary>Takes a record down, for the next <see cref="FlushAsync"/>.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="sums">Its checksums; none when it is gone.</param>
    internal void Append(PieceIndex piece, ReadOnlySpan<ulong> sums)
    {
        Begin();
        _waitingCheck = sums.Length == 0
            ? IndexRecords.WriteGone(_waiting, _waitingCheck, piece)
            : IndexRecords.WriteHere(_waiting, _waitingCheck, piece, sums);
    }

    /// <summary>Takes down that a piece is suspect.</summary>
    internal void AppendSuspect(PieceIndex piece)
    {
        Begin();
        _waitingCheck = IndexRecords.WriteSuspect(_waiting, _waitingCheck, piece);
    }

    /// <summary>Writes what was taken down. If that fails, all of it is forgotten and the journal is as it was.</summary>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    internal async ValueTask FlushAsync()
    {
        if (_waiting.WrittenCount == 0)
        {
            return;
        }

        try
        {
            await _files.Index.WriteAsync(_waiting.WrittenMemory, _end);
            _end += _waiting.WrittenCount;
            _check = _waitingCheck;
            _isBegun = true;
        }
        finally
        {
            _waiting.ResetWrittenCount();
            _waitingCheck = _check;
        }
    }

    /// <summary>Writes down in which state this run leaves the data file, so that the next one need not doubt it.</summary>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    internal async ValueTask CloseAsync()
    {
        Begin();
        _waitingCheck = IndexRecords.WriteClosed(_waiting, _waitingCheck, _files.Data.Identity);
        await FlushAsync();
    }

    /// <summary>Whether more than half of the journal says what no longer counts, and can be left out. Costs next to nothing most of the time.</summary>
    internal bool IsMostlyDead()
    {
        if (_end < _lookAt || !_files.CanReplaceIndex)
        {
            return false;
        }

        var live = Claims.Pieces().Sum(piece => (long)IndexRecords.LengthOf(_layout.BlocksIn(piece)));
        _lookAt = 2 * live + _slack;
        return _end >= _lookAt;
    }

    /// <summary>Writes the journal anew with what counts. Only with nothing taken down, and while nobody synchronizes the files.</summary>
    /// <exception cref="IOException">The disk failed or is full; the journal is as it was.</exception>
    internal async ValueTask CompactAsync()
    {
        // If it fails, not again for each batch.
        _lookAt = _end + _slack;
        var (end, check) = (0L, 0u);
        await _files.ReplaceIndexAsync(async fresh => (end, check) = await WriteAllAsync(fresh));
        (_end, _check, _waitingCheck) = (end, check, check);
        _isBegun = true;
        _lookAt = 0;
    }

    private static async ValueTask<(long End, uint Check)> ReplayAsync(
        IStoredFile file, InfoHash torrent, TorrentLayout layout, IndexReplay replay)
    {
        var ours = new ArrayBufferWriter<byte>(IndexRecords.HeaderLength);
        var check = IndexRecords.WriteHeader(ours, torrent, layout);

        // With room for the longest record beyond it, a read always holds one whole record at least.
        var bytes = new byte[ChunkLength + IndexRecords.LongestOf(layout)];
        var read = await file.ReadAsync(bytes.AsMemory(0, IndexRecords.HeaderLength), 0, CancellationToken.None);
        if (!ours.WrittenSpan.SequenceEqual(bytes.AsSpan(0, read)))
        {
            return (0, 0);
        }

        var end = (long)IndexRecords.HeaderLength;
        while (true)
        {
            read = await file.ReadAsync(bytes, end, CancellationToken.None);
            var taken = Take(bytes.AsSpan(0, read), ref check, layout, replay);
            if (taken == 0)
            {
                return (end, check);
            }

            end += taken;
        }
    }

    private static int Take(ReadOnlySpan<byte> bytes, ref uint check, TorrentLayout layout, IndexReplay replay)
    {
        var taken = 0;
        while (IndexRecords.TryRead(bytes[taken..], check, layout, out var record))
        {
            replay.Take(record);
            taken += record.Length;
            check = record.Check;
        }

        return taken;
    }

    /// <summary>Has the file say at once that a run is on, where it says that the last one ended well.</summary>
    private async ValueTask TryBeginAsync()
    {
        if (_end == 0)
        {
            return;
        }

        try
        {
            Begin();
            await FlushAsync();
        }
        catch (IOException)
        {
            // A full disk may well be read. It is written with the next record, and without that nothing was changed.
        }
    }

    private void Begin()
    {
        if (_isBegun || _waiting.WrittenCount > 0)
        {
            return;
        }

        if (_end == 0)
        {
            _waitingCheck = IndexRecords.WriteHeader(_waiting, _torrent, _layout);
        }

        _waitingCheck = IndexRecords.WriteOpened(_waiting, _waitingCheck, _boot, _inode, _believes);
    }

    private async ValueTask<(long End, uint Check)> WriteAllAsync(IStoredFile file)
    {
        var bytes = new ArrayBufferWriter<byte>(ChunkLength + IndexRecords.LongestOf(_layout));
        var end = 0L;
        var check = IndexRecords.WriteHeader(bytes, _torrent, _layout);
        check = IndexRecords.WriteOpened(bytes, check, _boot, _inode, believes: true);
        foreach (var piece in Claims.Pieces())
        {
            check = IndexRecords.WriteHere(bytes, check, piece, Claims.SumsOf(piece));
            if (Claims.BelievedLifeOf(piece) == PieceChecksums.NoLife)
            {
                check = IndexRecords.WriteSuspect(bytes, check, piece);
            }

            if (bytes.WrittenCount >= ChunkLength)
            {
                await file.WriteAsync(bytes.WrittenMemory, end);
                end += bytes.WrittenCount;
                bytes.ResetWrittenCount();
            }
        }

        await file.WriteAsync(bytes.WrittenMemory, end);
        return (end + bytes.WrittenCount, check);
    }
}
