using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Engine.Tests.Peers;

public class PeerPiecesTests
{
    [Fact]
    public void Whatever_a_peer_says_in_whatever_order_it_has_what_a_plain_set_would_have()
    {
        Prop.ForAll<int, int[]>((count, says) => Agrees(1 + (Math.Abs(count % 200)), says)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_peer_that_loses_a_piece_after_it_had_all_has_all_the_others()
    {
        var pieces = Settled(70);
        pieces.SetBits(new byte[] { 0x80, 0, 0, 0, 0, 0, 0, 0, 0 });
        pieces.SetAll();
        pieces.Remove(3);

        Assert.False(pieces.Has(new PieceIndex(3)));
        Assert.True(pieces.Has(new PieceIndex(69)));
        Assert.Equal(69, pieces.Count);
        Assert.False(pieces.IsSeed);

        Assert.True(pieces.Add(3));
        Assert.True(pieces.IsSeed);
    }

    [Fact]
    public void What_was_said_before_the_piece_count_was_known_counts_once_it_is()
    {
        var pieces = new PeerPieces();
        pieces.SetBits(new byte[] { 0xc0, 0x00 });
        pieces.Add(9);
        Assert.False(pieces.Has(new PieceIndex(0)));

        pieces.Settle(10);
        Assert.Equal([0, 1, 9], Enumerable.Range(0, 10).Where(i => pieces.Has(new PieceIndex(i))));
    }

    [Fact]
    public void A_seed_that_says_so_before_the_piece_count_is_known_is_one_afterwards()
    {
        var pieces = new PeerPieces();
        pieces.SetAll();
        Assert.True(pieces.IsSeed);

        pieces.Settle(1000);
        Assert.True(pieces.IsSeed);
        Assert.True(pieces.Has(new PieceIndex(999)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    public void A_piece_that_does_not_exist_breaks_the_protocol_now_or_when_that_becomes_clear(int piece)
    {
        Assert.Throws<ProtocolViolationException>(() => Settled(10).Add(piece));
        Assert.Throws<ProtocolViolationException>(() => Settled(10).Remove(piece));

        var early = new PeerPieces();
        early.Add(piece);
        Assert.Throws<ProtocolViolationException>(() => early.Settle(10));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(2, 0x20)]
    public void A_bitfield_of_the_wrong_length_or_with_spare_bits_breaks_the_protocol(int length, byte last)
    {
        var bits = new byte[length];
        bits[^1] = last;

        Assert.Throws<ProtocolViolationException>(() => Settled(10).SetBits(bits));
        var early = new PeerPieces();
        early.SetBits(bits);
        Assert.Throws<ProtocolViolationException>(() => early.Settle(10));
    }

    [Fact]
    public void A_later_bitfield_adds_its_pieces_as_aria2_sends_them()
    {
        var pieces = Settled(10);
        pieces.SetBits(new byte[] { 0x80, 0 });
        pieces.SetBits(new byte[] { 0x90, 0x40 });

        Assert.Equal(3, pieces.Count);
        Assert.True(pieces.Has(new PieceIndex(3)) && pieces.Has(new PieceIndex(9)));
    }

    [Fact]
    public void Bitfields_without_news_break_the_protocol_in_the_end_since_each_costs_as_much_as_there_are_pieces()
    {
        var pieces = Settled(10);
        for (var i = 0; i < PeerPieces.MaxEmptyBitfields; i++)
        {
            pieces.SetBits(new byte[2]);
        }

        Assert.Throws<ProtocolViolationException>(() => pieces.SetBits(new byte[2]));
    }

    [Fact]
    public void A_second_have_all_breaks_the_protocol()
    {
        var pieces = Settled(10);
        pieces.SetAll();

        Assert.Throws<ProtocolViolationException>(pieces.SetAll);
    }

    [Fact]
    public void A_storm_of_haves_before_the_piece_count_is_known_costs_little_and_then_breaks_the_protocol()
    {
        var pieces = new PeerPieces();
        for (var i = 0; i < PeerPieces.MaxUnsettledHaves; i++)
        {
            pieces.Add(i);
        }

        Assert.Throws<ProtocolViolationException>(() => pieces.Add(0));
    }

    private static PeerPieces Settled(int count)
    {
        var pieces = new PeerPieces();
        pieces.Settle(count);
        return pieces;
    }

    private static bool Agrees(int count, int[] says)
    {
        var pieces = new PeerPieces();
        var model = new HashSet<int>();
        var settleAt = says.Length == 0 ? 0 : Math.Abs(says[0] % (says.Length + 1));
        for (var i = 0; i < says.Length; i++)
        {
            if (i == settleAt)
            {
                pieces.Settle(count);
            }

            var piece = (int)(Math.Abs((long)says[i]) % count);
            if (says[i] % 3 != 0 || i < settleAt)
            {
                pieces.Add(piece);
                model.Add(piece);
            }
            else
            {
                pieces.Remove(piece);
                model.Remove(piece);
            }
        }

        if (settleAt >= says.Length)
        {
            pieces.Settle(count);
        }

        return pieces.Count == model.Count
            && pieces.IsSeed == (model.Count == count)
            && Enumerable.Range(0, count).All(i => pieces.Has(new PieceIndex(i)) == model.Contains(i));
    }
}
