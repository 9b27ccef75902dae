using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using static BtFs.Engine.Tests.Peers.ConnectedPeer;

namespace BtFs.Engine.Tests.Peers;

public class SendingTests
{
    private int _returned;

    [Fact]
    public async Task What_is_queued_in_one_turn_arrives_in_order()
    {
        await using var peer = await ConnectAsync();
        peer.Session.Send(new PeerMessage.Interested());
        peer.Session.Request(Block(1, 1), Assembly(1));
        peer.Session.Cancel(Block(1, 1));
        peer.Session.Flush();

        var expected = Bytes(
            new PeerMessage.Interested(), new PeerMessage.Request(1, 16384, 16384), new PeerMessage.Cancel(1, 16384, 16384));
        Assert.Equal(expected, await peer.Theirs.ReceiveExactlyAsync(expected.Length));
    }

    [Fact]
    public async Task Nothing_is_sent_before_it_is_flushed()
    {
        await using var peer = await ConnectAsync();
        peer.Session.Send(new PeerMessage.Interested());
        await peer.SayAsync(new PeerMessage.Unchoke());
        await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();
        Assert.Equal(0, peer.Theirs.Available);

        peer.Session.Flush();
        await peer.Theirs.ReceiveExactlyAsync(5);
    }

    [Fact]
    public async Task Requests_to_a_peer_that_does_not_read_wait_and_arrive_whole_and_in_order_once_it_does()
    {
        const int Requests = 8_000;
        await using var peer = await ConnectAsync(theirReceiveBuffer: 4096);
        var target = Assembly(0);
        var expected = new List<PeerMessage>();
        for (var i = 0; i < Requests; i++)
        {
            var block = Block(0, i % 4);
            peer.Session.Request(block, target);
            peer.Session.Flush();
            expected.Add(new PeerMessage.Request(0, block.Offset, block.Length));
        }

        Assert.Equal(Bytes([.. expected]), await peer.Theirs.ReceiveExactlyAsync(17 * Requests));
    }

    [Fact]
    public async Task Requests_flushed_by_many_threads_while_blocks_are_sent_never_tear_a_message()
    {
        await using var peer = await ConnectAsync();
        var target = Assembly(0);
        var (requests, blocks) = (0, 0);
        var sending = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                peer.Session.Request(Block(0, 1), target);
                peer.Session.Flush();
                peer.Session.SendBlock(Block(1, 0), Runs(new byte[16384]));
                peer.Session.Flush();
            }
        })).ToList();
        sending.ForEach(thread => thread.Start());
        var (request, block) = (Bytes(new PeerMessage.Request(0, 16384, 16384)), Piece(Block(1, 0), new byte[16384]));
        while (requests + blocks < 4 * 500 * 2)
        {
            var length = await peer.Theirs.ReceiveExactlyAsync(4);
            var isRequest = length.AsSpan().SequenceEqual(request.AsSpan(0, 4));
            var message = isRequest ? request : block;
            Assert.Equal(message[..4], length);
            var rest = await peer.Theirs.ReceiveExactlyAsync(message.Length - 4);
            Assert.True(message.AsSpan(4).SequenceEqual(rest));
            _ = isRequest ? requests++ : blocks++;
        }

        sending.ForEach(thread => thread.Join());
        Assert.Equal(requests, blocks);
    }

    [Fact]
    public async Task Blocks_of_several_runs_arrive_whole_and_every_hold_is_given_back_once()
    {
        await using var peer = await ConnectAsync();
        var expected = new List<byte>();
        for (var i = 0; i < 16; i++)
        {
            var block = Block(i, i % 4);
            peer.Session.SendBlock(block, Runs(Content(block)));
            expected.AddRange(Piece(block, Content(block)));
        }

        Assert.Equal(16 * 16384, peer.Session.BytesQueued);
        peer.Session.Flush();

        Assert.Equal(expected, await peer.Theirs.ReceiveExactlyAsync(expected.Count));
        peer.Session.Close("done");
        await peer.EndAsync();
        Assert.Equal(0, peer.Session.BytesQueued);
        Assert.Equal(2 * 16, _returned);
    }

    [Fact]
    public async Task A_peer_that_never_reads_is_let_go_once_256_KiB_of_messages_wait_for_it()
    {
        await using var peer = await ConnectAsync(theirReceiveBuffer: 4096);
        var queued = 0;
        for (; queued < 100_000 && peer.Inbox.Count == 0; queued++)
        {
            peer.Session.Send(new PeerMessage.Extended(1, new byte[1000]));
            peer.Session.Flush();
        }

        Assert.Contains("does not read", await peer.GoneAsync());
        Assert.InRange(queued, 256, 100_000);
    }

    [Fact]
    public void What_waits_for_a_peer_that_never_reads_stays_bounded_however_much_it_is_sent()
    {
        var queue = new SendQueue();
        var added = Enumerable.Range(0, 100_000).Count(_ => queue.TryAdd(new PeerMessage.Extended(1, new byte[1000])));
        Assert.False(queue.TryAddRequest(Block(0, 0)));

        var batch = new SendBuffer();
        queue.Take(batch, maxBlocks: 0);
        Assert.InRange(batch.Length, PeerLimits.QueuedMessageBytes, PeerLimits.QueuedMessageBytes + 1100);
        Assert.InRange(added, 200, 300);
    }

    [Fact]
    public async Task Holds_of_blocks_that_were_never_sent_are_given_back_when_the_session_ends()
    {
        await using var peer = await ConnectAsync(theirReceiveBuffer: 4096);
        for (var i = 0; i < 500; i++)
        {
            peer.Session.SendBlock(Block(i % 16, 0), Runs(new byte[16384]));
            peer.Session.Flush();
        }

        await peer.Theirs.ReceiveExactlyAsync(100);
        peer.Session.Close("enough");
        await peer.EndAsync();
        peer.Session.SendBlock(Block(0, 0), Runs(new byte[16384]));

        Assert.Equal(2 * 501, _returned);
        Assert.Equal(0, peer.Session.BytesQueued);
    }

    [Fact]
    public async Task Closing_in_the_middle_of_a_send_loses_no_hold()
    {
        for (var round = 0; round < 30; round++)
        {
            _returned = 0;
            await using var peer = await ConnectAsync();
            var reader = peer.Theirs.ReceiveExactlyAsync(round * 20_000);
            for (var i = 0; i < 40; i++)
            {
                peer.Session.SendBlock(Block(i % 16, 0), Runs(new byte[16384]));
                peer.Session.Flush();
            }

            await reader;
            if (round % 2 == 0)
            {
                peer.Theirs.Dispose();
            }
            else
            {
                peer.Session.Close("in the middle");
            }

            await peer.EndAsync();
            Assert.Equal(2 * 40, _returned);
        }
    }

    [Fact]
    public async Task A_dead_wire_swallows_what_it_is_given()
    {
        await using var peer = await ConnectAsync();
        peer.Session.Close("gone");
        await peer.EndAsync();

        peer.Session.Send(new PeerMessage.Interested());
        peer.Session.Request(Block(0, 0), Assembly(0));
        peer.Session.Cancel(Block(0, 0));
        peer.Session.Flush();
        peer.Session.Close("again");
        Assert.Null(peer.Session.RoundTrip);
        Assert.Equal("gone", (await peer.Inbox.NextAsync<TorrentEvent.PeerGone>()).Reason);
        Assert.Equal(0, peer.Inbox.Count);
    }

    [Fact]
    public async Task Requests_pass_the_blocks_that_the_upload_limit_holds_back()
    {
        var time = new ManualTimeProvider();
        await using var peer = await ConnectAsync(Options(time) with { Upload = new RateLimiter(16384, time) });
        for (var i = 0; i < 3; i++)
        {
            peer.Session.SendBlock(Block(i, 0), Runs(Content(Block(i, 0))));
        }

        peer.Session.Flush();
        var block = await peer.Theirs.ReceiveExactlyAsync(13 + 16384);
        Assert.Equal(Piece(Block(0, 0), Content(Block(0, 0))), block);
        await time.UntilWaitedForAsync(TimeSpan.FromSeconds(1));

        peer.Session.Request(Block(4, 0), Assembly(4));
        peer.Session.Flush();
        Assert.Equal(Bytes(new PeerMessage.Request(4, 0, 16384)), await peer.Theirs.ReceiveExactlyAsync(17));
        Assert.Equal(2 * 16384, peer.Session.BytesQueued);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Piece(Block(1, 0), Content(Block(1, 0))), await peer.Theirs.ReceiveExactlyAsync(13 + 16384));
    }

    [Fact]
    public async Task A_wire_full_of_blocks_says_once_that_it_has_room_again()
    {
        await using var peer = await ConnectAsync();
        for (var i = 0; i < 16; i++)
        {
            peer.Session.SendBlock(Block(i, 0), Runs(Content(Block(i, 0))));
        }

        peer.Session.Flush();
        await peer.Theirs.ReceiveExactlyAsync(16 * (13 + 16384));
        await peer.Inbox.NextAsync<TorrentEvent.PeerDrained>();
        Assert.InRange(peer.Session.BytesQueued, 0, PeerLimits.DrainedBlockBytes);

        // Fewer than that were never worth a word.
        peer.Session.SendBlock(Block(0, 0), Runs(Content(Block(0, 0))));
        peer.Session.Flush();
        await peer.Theirs.ReceiveExactlyAsync(13 + 16384);
        peer.Session.Close("done");
        await peer.Inbox.NextAsync<TorrentEvent.PeerGone>();
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    public async Task A_choke_drops_waiting_blocks_unless_the_peer_expects_an_answer_to_every_request(bool fast, int blocksLeft)
    {
        var time = new ManualTimeProvider();
        await using var peer = await ConnectAsync(Options(time) with { Upload = new RateLimiter(16384, time) }, fast);
        for (var i = 0; i < 3; i++)
        {
            peer.Session.SendBlock(Block(i, 0), Runs(Content(Block(i, 0))));
        }

        peer.Session.Flush();
        await peer.Theirs.ReceiveExactlyAsync(13 + 16384);
        await time.UntilWaitedForAsync(TimeSpan.FromSeconds(1));

        peer.Session.Send(new PeerMessage.Choke());
        peer.Session.Flush();
        Assert.Equal(Bytes(new PeerMessage.Choke()), await peer.Theirs.ReceiveExactlyAsync(5));
        Assert.Equal(blocksLeft * 16384, peer.Session.BytesQueued);
        Assert.Equal(2 * (3 - blocksLeft), _returned);
    }

    [Fact]
    public async Task The_round_trip_time_is_the_systems_own()
    {
        await using var peer = await ConnectAsync();
        peer.Session.Send(new PeerMessage.Interested());
        peer.Session.Flush();
        await peer.Theirs.ReceiveExactlyAsync(5);
        Assert.InRange(peer.Session.RoundTrip!.Value, TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>A block as two runs of two buffers, each with the hold that the sender takes over.</summary>
    private ContentSegments Runs(byte[] content)
    {
        var segments = new ContentSegments();
        var half = content.Length / 2;
        foreach (var part in new[] { content[..half], content[half..] })
        {
            var buffer = new SharedBuffer(part.Length, _ => Interlocked.Increment(ref _returned));
            part.CopyTo(buffer.GetSpan());
            segments.Add(buffer, 0, part.Length);
        }

        return segments;
    }
}
