using System.Buffers;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

public sealed class IndexJournalTests
{
    private readonly SampleTorrent _torrent = new(pieceLength: 40_000, length: 390_000);
    // What says that a run has begun: kind, boot id, inode, a flag, check.
    private const int OpenedLength = 4 + 16 + 8 + 1 + 4;

    private readonly FaultyFile _data = new();

    [Fact]
    public async Task What_is_appended_is_replayed_and_the_last_word_counts()
    {
        var file = new FaultyFile();
        var journal = await OpenAsync(file);
        var piece = new PieceIndex(4);
        journal.Append(piece, [1, 2, 3]);
        journal.Append(new PieceIndex(9), [7, 8]);
        await journal.FlushAsync();
        journal.Append(piece, []);
        journal.Append(piece, [4, 5, 6]);
        journal.Append(new PieceIndex(9), []);
        await journal.FlushAsync();

        var claims = (await OpenAsync(file)).Claims;
        Assert.Equal(new ulong[] { 4, 5, 6 }, claims.SumsOf(piece).ToArray());
        Assert.Equal([piece], claims.Pieces());
    }

    [Fact]
    public async Task A_journal_torn_at_any_byte_is_cut_off_after_its_last_whole_record()
    {
        var whole = await FilledAsync();
        var bytes = whole.Bytes;
        for (var length = 0; length <= bytes.Length; length++)
        {
            var torn = new FaultyFile { Bytes = bytes[..length] };
            var claimed = (await OpenAsync(torn)).Claims.Pieces().Count();
            Assert.Equal(Records(bytes).Count(end => end <= length), claimed);
            // It says at once that a run is on.
            Assert.InRange(torn.Length, 0, length + OpenedLength);

            // And it can be written on from there.
            var journal = await OpenAsync(torn);
            journal.Append(new PieceIndex(8), [1, 2, 3]);
            await journal.FlushAsync();
            Assert.Equal(new ulong[] { 1, 2, 3 }, (await OpenAsync(torn)).Claims.SumsOf(new PieceIndex(8)).ToArray());
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_noticed()
    {
        var whole = await FilledAsync();
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var bytes = whole.Bytes;
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var claims = (await OpenAsync(new FaultyFile { Bytes = bytes })).Claims;
            var good = Records(bytes).TakeWhile(end => end <= bit / 8).Count();
            Assert.Equal(good, claims.Pieces().Count());
        }
    }

    [Fact]
    public async Task Random_bytes_behind_a_good_header_claim_nothing()
    {
        var random = new Random(11);
        for (var round = 0; round < 500; round++)
        {
            var bytes = (await FilledAsync()).Bytes[..(IndexRecords.HeaderLength + OpenedLength + 200)];
            random.NextBytes(bytes.AsSpan(IndexRecords.HeaderLength + OpenedLength + random.Next(24)));
            Assert.Empty((await OpenAsync(new FaultyFile { Bytes = bytes })).Claims.Pieces());
        }
    }

    [Fact]
    public async Task What_a_failed_write_left_behind_is_never_taken_for_a_record()
    {
        var file = new FaultyFile { FailsWrite = write => write == 0 };
        var journal = await OpenAsync(file);
        foreach (var piece in _torrent.Pieces)
        {
            journal.Append(piece, Sums(piece));
        }

        await Assert.ThrowsAsync<IOException>(async () => await journal.FlushAsync());
        journal.Append(new PieceIndex(9), [1, 2]);
        await journal.FlushAsync();

        Assert.Equal([9], Claimed(await OpenAsync(file)));
    }

    [Fact]
    public async Task A_journal_of_another_length_or_piece_length_begins_anew()
    {
        var file = await FilledAsync();
        foreach (var layout in new[] { new TorrentLayout(40_000, [390_001]), new TorrentLayout(40_001, [390_000]) })
        {
            var copy = file.Copy();
            Assert.Empty(Claimed(await OpenAsync(copy, layout)));
            Assert.Equal(0, copy.Length);
        }
    }

    [Fact]
    public void A_record_behind_another_than_it_was_written_behind_does_not_count()
    {
        var bytes = new ArrayBufferWriter<byte>();
        IndexRecords.WriteHere(bytes, before: 44, new PieceIndex(1), [1, 2, 3]);

        Assert.True(IndexRecords.TryRead(bytes.WrittenSpan, 44, _torrent.Layout, out _));
        Assert.False(IndexRecords.TryRead(bytes.WrittenSpan, 45, _torrent.Layout, out _));
    }

    [Fact]
    public async Task A_journal_of_which_most_is_dead_is_written_anew_and_says_the_same()
    {
        var disk = new ModelDisk();
        var files = DiskFiles.In(disk, keep: true);
        var journal = await IndexJournal.OpenAsync(files, _torrent.InfoHash, _torrent.Layout, StorageBench.FirstBoot, slack: 100);
        var grown = 0L;
        for (var round = 1; round < 50; round++)
        {
            foreach (var piece in _torrent.Pieces)
            {
                journal.Append(piece, []);
                journal.Append(piece, Sums(piece));
                journal.Claims.Add(piece, Sums(piece));
            }

            journal.Claims.TryDoubt(new PieceIndex(3));
            journal.AppendSuspect(new PieceIndex(3));
            await journal.FlushAsync();
            if (journal.IsMostlyDead())
            {
                await journal.CompactAsync();
            }

            grown = Math.Max(grown, files.Index.Length);
        }

        Assert.InRange(grown, 1, 2_500);
        var again = await IndexJournal.OpenAsync(DiskFiles.In(disk, keep: true), _torrent.InfoHash, _torrent.Layout, StorageBench.FirstBoot);
        Assert.Equal(_torrent.Pieces, again.Claims.Pieces());
        Assert.All(_torrent.Pieces, piece => Assert.Equal(Sums(piece), again.Claims.SumsOf(piece).ToArray()));
        Assert.Equal([3], _torrent.Pieces.Where(piece => again.Claims.BelievedLifeOf(piece) == PieceChecksums.NoLife).Select(piece => piece.Value));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_anew_goes_on_as_it_was()
    {
        var disk = new ModelDisk();
        var journal = await IndexJournal.OpenAsync(DiskFiles.In(disk, keep: true), _torrent.InfoHash, _torrent.Layout, StorageBench.FirstBoot, slack: 0);
        journal.Append(new PieceIndex(1), [1, 2, 3]);
        await journal.FlushAsync();
        disk.FailSynchronizing(1);
        await Assert.ThrowsAsync<IOException>(async () => await journal.CompactAsync());
        journal.Append(new PieceIndex(2), [4, 5, 6]);
        await journal.FlushAsync();

        Assert.Equal([1, 2], Claimed(await IndexJournal.OpenAsync(DiskFiles.In(disk, keep: true), _torrent.InfoHash, _torrent.Layout, StorageBench.FirstBoot)));
    }

    private static IEnumerable<int> Claimed(IndexJournal journal) =>
        journal.Claims.Pieces().Select(piece => piece.Value);

    private Task<IndexJournal> OpenAsync(FaultyFile file, TorrentLayout? layout = null) =>
        IndexJournal.OpenAsync(new DiskFiles(_data, file, keep: true), _torrent.InfoHash, layout ?? _torrent.Layout, StorageBench.FirstBoot).AsTask();

    private async Task<FaultyFile> FilledAsync()
    {
        var file = new FaultyFile();
        var journal = await OpenAsync(file);
        foreach (var piece in _torrent.Pieces)
        {
            journal.Append(piece, Sums(piece));
        }

        await journal.FlushAsync();
        return file;
    }

    private ulong[] Sums(PieceIndex piece) => [.. Enumerable.Range(1, _torrent.Layout.BlocksIn(piece)).Select(i => (ulong)i)];

    // Where each record of a filled journal ends.
    private IEnumerable<int> Records(byte[] bytes)
    {
        var end = IndexRecords.HeaderLength + OpenedLength;
        foreach (var piece in _torrent.Pieces)
        {
            end += IndexRecords.LengthOf(_torrent.Layout.BlocksIn(piece));
            yield return end;
        }

        Assert.Equal(bytes.Length, end);
    }
}
