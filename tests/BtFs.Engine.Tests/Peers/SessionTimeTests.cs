using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using static BtFs.Engine.Tests.Peers.ConnectedPeer;

namespace BtFs.Engine.Tests.Peers;

public class SessionTimeTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_peer_that_says_nothing_for_120_s_is_let_go_and_not_sooner()
    {
        await using var peer = await ConnectAsync(Options(_time));
        _time.Advance(PeerLimits.IdleTimeout - Tick);
        Assert.Equal(0, peer.Inbox.Count);
        Assert.Contains("nothing received", await SilenceUntilGoneAsync(peer));
    }

    [Fact]
    public async Task Any_byte_starts_the_peers_120_s_again()
    {
        await using var peer = await ConnectAsync(Options(_time));
        _time.Advance(PeerLimits.IdleTimeout - Tick);
        await peer.SayAsync(new PeerMessage.Unchoke());
        await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();
        await peer.SayAsync(new PeerMessage.Unchoke());
        await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();

        _time.Advance(PeerLimits.IdleTimeout - Tick);
        Assert.Equal(0, peer.Inbox.Count);
        Assert.Contains("nothing received", await SilenceUntilGoneAsync(peer));
    }

    [Fact]
    public async Task After_100_s_of_sending_nothing_a_keep_alive_goes_out()
    {
        await using var peer = await ConnectAsync(Options(_time));
        _time.Advance(PeerLimits.KeepAliveAfter - Tick);
        Assert.Equal(0, peer.Theirs.Available);

        _time.Advance(Tick);
        Assert.Equal([0, 0, 0, 0], await peer.Theirs.ReceiveExactlyAsync(4));
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_for_120_s_is_let_go_though_it_goes_on_talking()
    {
        await using var peer = await ConnectAsync(Options(_time), theirReceiveBuffer: 4096);
        var bitfield = new PeerMessage.Bitfield(new byte[16 * 1024]);
        for (var i = 0; i < 12; i++)
        {
            peer.Session.Send(bitfield);
        }

        peer.Session.Flush();
        await peer.Theirs.ReceiveExactlyAsync(1);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, peer.Inbox.Count);
            // Wait until the session has heard us: only then is its silence measured from now.
            await peer.SayAsync(new PeerMessage.Unchoke());
            await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();
            await peer.SayAsync(new PeerMessage.Unchoke());
            await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();
            _time.Advance(PeerLimits.IdleTimeout / 3);
        }

        Assert.Contains("nothing taken", await peer.GoneAsync());
    }

    [Fact]
    public async Task Without_the_fast_extension_a_choke_forgets_requests_after_30_s_but_late_blocks_until_then_are_used()
    {
        await using var peer = await ConnectAsync(Options(_time), fast: false);
        var target = Assembly(0);
        peer.Session.Request(Block(0, 0), target);
        peer.Session.Request(Block(0, 1), target);
        await peer.SayAsync(new PeerMessage.Choke());
        await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();

        _time.Advance(PeerLimits.LateBlockGrace - Tick);
        await peer.SayAsync(Piece(Block(0, 0), Content(Block(0, 0))));
        Assert.True((await peer.Inbox.NextBlockAsync()).Taken);

        _time.Advance(Tick);
        await peer.SayAsync(Piece(Block(0, 1), Content(Block(0, 1))));
        await peer.Inbox.NextAsync<TorrentEvent.StrayBlockReceived>();
    }

    [Fact]
    public async Task What_is_asked_for_after_a_choke_outlives_what_the_choke_revoked()
    {
        await using var peer = await ConnectAsync(Options(_time), fast: false);
        var target = Assembly(0);
        await peer.SayAsync(new PeerMessage.Choke());
        await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();
        _time.Advance(Tick);
        peer.Session.Request(Block(0, 0), target);

        _time.Advance(PeerLimits.LateBlockGrace);
        await peer.SayAsync(Piece(Block(0, 0), Content(Block(0, 0))));
        await peer.Inbox.NextBlockAsync();
    }

    [Fact]
    public async Task With_the_fast_extension_a_choke_forgets_nothing()
    {
        await using var peer = await ConnectAsync(Options(_time));
        peer.Session.Request(Block(0, 0), Assembly(0));
        await peer.SayAsync(new PeerMessage.Choke());
        await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();

        _time.Advance(PeerLimits.LateBlockGrace * 2);
        await peer.SayAsync(Piece(Block(0, 0), Content(Block(0, 0))));
        await peer.Inbox.NextBlockAsync();
    }

    [Fact]
    public async Task While_the_disk_is_behind_nothing_is_received_and_the_peer_is_not_blamed_for_its_silence()
    {
        var behind = true;
        await using var peer = await ConnectAsync(Options(_time) with { DiskIsBehind = () => Volatile.Read(ref behind) });
        await peer.SayAsync(new PeerMessage.Unchoke());
        await _time.UntilWaitedForAsync(TimeSpan.FromMilliseconds(10));
        for (var i = 0; i < 200; i++)
        {
            // Each look at the disk is followed by the next, without an event in between.
            _time.Advance(Tick);
            await _time.UntilWaitedForAsync(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(0, peer.Inbox.Count);
        Volatile.Write(ref behind, false);
        _time.Advance(Tick);
        Assert.IsType<PeerMessage.Unchoke>((await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>()).Message);
    }

    [Fact]
    public async Task The_download_limit_holds_to_the_byte()
    {
        const int Rate = 50_000;
        await using var peer = await ConnectAsync(Options(_time) with { Download = new RateLimiter(Rate, _time) });
        PeerMessage[] haves = [.. Enumerable.Repeat(new PeerMessage.Have(1), 10_000)];
        var started = _time.GetTimestamp();
        await peer.SayAsync(haves);
        for (var heard = 0; heard < haves.Length; heard++)
        {
            while (peer.Inbox.Count == 0)
            {
                await _time.UntilWaitedForAsync(Tick);
                _time.Advance(TimeSpan.FromMilliseconds(1));
            }

            await peer.Inbox.NextAsync<TorrentEvent.MessageReceived>();
        }

        var seconds = _time.GetElapsedTime(started).TotalSeconds;
        Assert.InRange(seconds, Bytes(haves).Length / (double)Rate * 0.95, double.MaxValue);
    }

    [Fact]
    public async Task A_flood_of_messages_is_taken_at_a_pace_the_loop_can_stand()
    {
        await using var peer = await ConnectAsync(Options(_time));
        var flood = Bytes([.. Enumerable.Repeat(new PeerMessage.Have(1), PeerLimits.MessageBurst * 4)]);
        var said = peer.SayAsync(flood);
        await _time.UntilWaitedForAsync(Tick * 20);

        // One receive may carry the session past the burst, by what fits its largest buffer.
        Assert.InRange(peer.Inbox.Count, PeerLimits.MessageBurst, PeerLimits.MessageBurst + (256 * 1024 / 9));
        peer.Session.Close("enough");
        await peer.EndAsync();
        peer.Theirs.Dispose();
        await Task.WhenAny(said).WaitAsync(Loopback.Patience);
    }

    /// <summary>Lets time pass until the session ends: when exactly its last receive began to wait, only the session knows.</summary>
    private async Task<string> SilenceUntilGoneAsync(ConnectedPeer peer)
    {
        while (peer.Inbox.Count == 0)
        {
            _time.Advance(Tick);
            await Task.Yield();
        }

        return await peer.GoneAsync();
    }
}
