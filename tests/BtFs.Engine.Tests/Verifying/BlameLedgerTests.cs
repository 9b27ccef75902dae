using System.Buffers;
using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Verifying;

public sealed class BlameLedgerTests : IDisposable
{
    private static readonly IPEndPoint Liar = new(IPAddress.Parse("10.0.0.1"), 1);
    private static readonly IPEndPoint Honest = new(IPAddress.Parse("10.0.0.2"), 2);
    private static readonly IPEndPoint Other = new(IPAddress.Parse("10.0.0.3"), 3);
    private readonly SampleTorrent _torrent = new(32 * 1024, 2 * 32 * 1024);
    private readonly SharedBufferPool _buffers = new();
    private readonly BlameLedger _ledger = new(secret: 42);

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void Once_a_piece_passes_whoever_had_sent_something_else_is_the_liar_and_nobody_else()
    {
        _ledger.Failed(Assembled(0, badBlock: 1), [Honest, Liar]);
        Assert.True(_ledger.Accuses(Honest));

        Assert.Equal([Liar], _ledger.Passed(Assembled(0)));
        Assert.False(_ledger.Accuses(Honest));
        Assert.False(_ledger.Accuses(Liar));
        Assert.False(_ledger.Remembers(new PieceIndex(0)));
    }

    [Fact]
    public void A_peer_under_suspicion_for_another_piece_stays_so()
    {
        _ledger.Failed(Assembled(0, badBlock: 0), [Liar, Honest]);
        _ledger.Failed(Assembled(1, badBlock: 0), [Other, Honest]);
        _ledger.Passed(Assembled(0));

        Assert.True(_ledger.Accuses(Honest));
        Assert.False(_ledger.Accuses(Liar));
    }

    [Fact]
    public void Failures_of_one_piece_add_up()
    {
        _ledger.Failed(Assembled(0, badBlock: 0), [Liar, Honest]);
        _ledger.Failed(Assembled(0, badBlock: 1), [Honest, Other]);

        Assert.Equal([Liar, Other], _ledger.Passed(Assembled(0)).OrderBy(sender => sender.Port));
    }

    [Fact]
    public void A_piece_that_never_failed_blames_nobody() => Assert.Empty(_ledger.Passed(Assembled(0)));

    [Fact]
    public void Only_so_many_pieces_are_remembered()
    {
        var torrent = new SampleTorrent(16, 16 * (BlameLedger.MaxPieces + 1));
        foreach (var piece in torrent.Pieces)
        {
            _ledger.Failed(torrent.Assemble(piece, _buffers), [Liar]);
        }

        Assert.True(_ledger.Remembers(new PieceIndex(BlameLedger.MaxPieces - 1)));
        Assert.False(_ledger.Remembers(new PieceIndex(BlameLedger.MaxPieces)));
    }

    private PieceAssembly Assembled(int piece, int? badBlock = null)
    {
        var index = new PieceIndex(piece);
        var assembly = new PieceAssembly(index, _torrent.Layout, _buffers.Rent(_torrent.Layout.LengthOf(index)));
        for (var number = 0; number < 2; number++)
        {
            var block = _torrent.Layout.BlockAt(index, number);
            var bytes = _torrent.BytesOf(new PieceSlice(index, block.Offset, block.Length)).ToArray();
            bytes[5] ^= (byte)(number == badBlock ? 1 : 0);
            assembly.TryWrite(block, new ReadOnlySequence<byte>(bytes));
        }

        return assembly;
    }
}
