using System.Buffers.Binary;
using System.Net.Sockets;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;
using static BtFs.Engine.Tests.Peers.ConnectedPeer;

namespace BtFs.Engine.Tests.Peers;

public class ReceivingTests
{
    [Fact]
    public async Task A_block_that_arrives_byte_by_byte_is_put_into_its_piece()
    {
        await using var peer = await ConnectAsync();
        var target = Assembly(3);
        var block = Block(3, 1);
        peer.Session.Request(block, target);

        foreach (var single in Piece(block, Content(block)))
        {
            await peer.SayAsync([single]);
        }

        var received = await peer.Inbox.NextBlockAsync();
        Assert.Equal((block, target, true), (received.Block, received.Target, received.Taken));
        Assert.Equal(Content(block), Written(target, block));
    }

    [Fact]
    public async Task Many_messages_in_one_segment_are_heard_in_order()
    {
        await using var peer = await ConnectAsync();
        await peer.SayAsync([.. Enumerable.Range(0, 5000).Select(piece => new PeerMessage.Have(piece))]);

        for (var piece = 0; piece < 5000; piece++)
        {
            Assert.Equal(new PeerMessage.Have(piece), (await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>()).Message);
        }
    }

    [Fact]
    public async Task Messages_keep_their_place_between_blocks()
    {
        await using var peer = await ConnectAsync();
        var target = Assembly(0);
        var (first, second) = (Block(0, 0), Block(0, 3));
        peer.Session.Request(first, target);
        peer.Session.Request(second, target);

        await peer.SayAsync([.. Piece(first, Content(first)), .. Bytes(new PeerMessage.Choke()), .. Piece(second, Content(second))]);

        Assert.Equal(first, (await peer.Inbox.NextBlockAsync()).Block);
        Assert.IsType<PeerMessage.Choke>((await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>()).Message);
        Assert.Equal(second, (await peer.Inbox.NextBlockAsync()).Block);
    }

    [Fact]
    public async Task Blocks_in_front_of_a_message_that_ends_the_connection_are_not_lost()
    {
        await using var peer = await ConnectAsync();
        var (block, target) = (Block(0, 0), Assembly(0));
        peer.Session.Request(block, target);

        await peer.SayAsync([.. Piece(block, Content(block)), 0xFF, 0xFF, 0xFF, 0xFF]);

        Assert.True((await peer.Inbox.NextBlockAsync()).Taken);
        await peer.Inbox.NextAsync<TorrentEvent.PeerGone>();
    }

    [Fact]
    public async Task An_oversized_length_ends_the_connection_before_its_bytes_arrive()
    {
        await using var peer = await ConnectAsync();
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, int.MaxValue);
        await peer.SayAsync(length);

        Assert.Contains("2147483647", await peer.GoneAsync());
        Assert.True(await peer.Theirs.IsHungUpAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_097_152 / 8)]
    public async Task Before_the_metadata_is_known_a_bitfield_of_any_length_up_to_the_longest_is_passed_on(int bytes)
    {
        await using var peer = await ConnectAsync();
        var bits = new byte[bytes];
        bits[^1] = 0x80;
        await peer.SayAsync(new PeerMessage.Bitfield(bits));

        var bitfield = Assert.IsType<PeerMessage.Bitfield>((await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>()).Message);
        Assert.Equal(bits, bitfield.Bits.ToArray());
    }

    [Fact]
    public async Task A_bitfield_longer_than_any_torrent_is_refused()
    {
        await using var peer = await ConnectAsync();
        await peer.SayAsync(new PeerMessage.Bitfield(new byte[(2_097_152 / 8) + 1]));
        await peer.GoneAsync();
    }

    [Fact]
    public async Task Blocks_that_come_after_a_storm_of_cancels_are_still_used()
    {
        await using var peer = await ConnectAsync();
        BlockRef[] blocks = [.. Enumerable.Range(0, 64).Select(i => Block(i / 4, i % 4))];
        var targets = Enumerable.Range(0, 16).Select(piece => Assembly(piece)).ToArray();
        foreach (var block in blocks)
        {
            peer.Session.Request(block, targets[block.Piece.Value]);
            peer.Session.Cancel(block);
        }

        peer.Session.Flush();
        await peer.Theirs.ReceiveExactlyAsync(2 * 17 * blocks.Length);
        foreach (var block in blocks)
        {
            await peer.SayAsync(Piece(block, Content(block)));
        }

        foreach (var block in blocks)
        {
            Assert.True((await peer.Inbox.NextBlockAsync()).Taken);
        }

        Assert.All(targets, target => Assert.True(target.IsComplete));
    }

    [Fact]
    public async Task A_block_nobody_asked_for_is_thrown_away_and_reported()
    {
        await using var peer = await ConnectAsync();
        await peer.SayAsync(Piece(Block(1, 0), Content(Block(1, 0))));
        Assert.Equal(16384, (await peer.Inbox.NextAsync<TorrentEvent.StrayBlockReceived>()).Length);
    }

    [Fact]
    public async Task A_block_of_another_length_than_asked_for_does_not_reach_the_piece()
    {
        await using var peer = await ConnectAsync();
        var target = Assembly(1);
        peer.Session.Request(Block(1, 0), target);
        await peer.SayAsync(Piece(Block(1, 0), new byte[100]));

        Assert.Equal(100, (await peer.Inbox.NextAsync<TorrentEvent.StrayBlockReceived>()).Length);
        Assert.False(target.Has(0));
    }

    [Fact]
    public async Task A_rejected_block_is_no_longer_expected()
    {
        await using var peer = await ConnectAsync();
        var block = Block(1, 2);
        peer.Session.Request(block, Assembly(1));
        await peer.SayAsync(new PeerMessage.RejectRequest(1, block.Offset, block.Length));
        await peer.SayAsync(Piece(block, Content(block)));

        Assert.IsType<PeerMessage.RejectRequest>((await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>()).Message);
        await peer.Inbox.NextAsync<TorrentEvent.StrayBlockReceived>();
    }

    [Fact]
    public async Task The_second_copy_of_a_block_is_not_taken()
    {
        await using var fast = await ConnectAsync();
        await using var slow = await ConnectAsync();
        var (block, target) = (Block(2, 1), Assembly(2));
        fast.Session.Request(block, target);
        slow.Session.Request(block, target);

        await fast.SayAsync(Piece(block, Content(block)));
        Assert.True((await fast.Inbox.NextBlockAsync()).Taken);
        await slow.SayAsync(Piece(block, new byte[block.Length]));
        Assert.False((await slow.Inbox.NextBlockAsync()).Taken);

        Assert.Equal(Content(block), Written(target, block));
    }

    [Fact]
    public async Task A_block_for_a_piece_that_was_let_go_never_touches_the_next_piece_in_that_memory()
    {
        await using var peer = await ConnectAsync();
        using var pool = new SharedBufferPool();
        var dropped = new PieceAssembly(new PieceIndex(5), ConnectedPeer.Layout, pool.Rent(64 * 1024));
        peer.Session.Request(Block(5, 0), dropped);
        dropped.Drop();
        var next = new PieceAssembly(new PieceIndex(6), ConnectedPeer.Layout, pool.Rent(64 * 1024));
        Assert.True(dropped.Bytes.GetSpan() == next.Bytes.GetSpan());
        next.Bytes.GetSpan().Clear();

        await peer.SayAsync(Piece(Block(5, 0), Content(Block(5, 0))));

        Assert.False((await peer.Inbox.NextBlockAsync()).Taken);
        Assert.False(next.Has(0));
        Assert.False(next.Bytes.GetSpan().ContainsAnyExcept((byte)0));
        next.Drop();
    }

    [Fact]
    public async Task A_hang_up_and_a_reset_both_end_the_session_once()
    {
        foreach (var linger in new[] { (LingerOption?)null, new LingerOption(true, 0) })
        {
            await using var peer = await ConnectAsync();
            if (linger is not null)
            {
                peer.Theirs.LingerState = linger;
            }

            peer.Theirs.Dispose();

            await peer.Inbox.NextAsync<TorrentEvent.PeerGone>();
            await peer.EndAsync();
            Assert.Equal(0, peer.Inbox.Count);
        }
    }

    [Fact]
    public async Task However_often_a_session_is_closed_its_end_is_its_one_last_event()
    {
        for (var round = 0; round < 50; round++)
        {
            await using var peer = await ConnectAsync();
            await peer.SayAsync([.. Enumerable.Range(0, 500).Select(piece => new PeerMessage.Have(piece))]);
            Parallel.For(0, 4, i => peer.Session.Close($"reason {i}"));
            await peer.EndAsync();

            var events = peer.Inbox.TakeAll().ToList();
            Assert.IsType<TorrentEvent.PeerGone>(events[^1]);
            Assert.Single(events.OfType<TorrentEvent.PeerGone>());
        }
    }

    private static byte[] Written(PieceAssembly target, BlockRef block) =>
        target.Bytes.GetSpan().Slice(block.Offset, block.Length).ToArray();
}
