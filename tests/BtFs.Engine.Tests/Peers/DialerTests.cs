using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers;

public class DialerTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly Inbox _inbox = new();
    private readonly Socket _peer = Loopback.Listen();
    private readonly PeerSessions _torrent;
    private readonly PeerDialer _dialer;

    public DialerTests()
    {
        _torrent = new PeerSessions([Greeting.Ours], ConnectedPeer.Options(_time), _inbox.Post, most: 2);
        _dialer = new PeerDialer(new PeerHandshaker(new OurPeerId(Greeting.Self), _time), _time);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _dialer.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
        await _torrent.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
        _peer.Dispose();
    }

    [Fact]
    public async Task A_peer_that_answers_becomes_a_session()
    {
        using var theirs = await ConnectAsync(trailing: [0, 0, 0, 1, 1]);
        var connected = await _inbox.NextAsync<TorrentEvent.PeerConnected>();
        Assert.Equal((_peer.Address(), Greeting.Other, false), (connected.Hello.Address, connected.Hello.Id, connected.Hello.IsIncoming));

        var first = await _inbox.NextAsync<TorrentEvent.MessageReceived>();
        Assert.Same(connected.Peer, first.Peer);
        Assert.IsType<PeerMessage.Unchoke>(first.Message);

        connected.Peer.Send(new PeerMessage.Interested());
        connected.Peer.Flush();
        Assert.Equal([0, 0, 0, 1, 2], await theirs.ReceiveExactlyAsync(5));
    }

    [Fact]
    public async Task Nobody_there_is_a_failed_dial()
    {
        var nobody = _peer.Address();
        _peer.Dispose();
        _dialer.Dial(nobody, PeerLimits.ConnectTimeout, _torrent);
        Assert.Equal(nobody, (await _inbox.NextAsync<TorrentEvent.DialFailed>()).Address);
    }

    [Fact]
    public async Task A_peer_of_another_torrent_is_a_failed_dial()
    {
        _dialer.Dial(_peer.Address(), PeerLimits.ConnectTimeout, _torrent);
        using var theirs = await _peer.AcceptAsync();
        await theirs.SendAsync(Greeting.Bytes(Greeting.Strange));
        Assert.Contains("infohash", (await _inbox.NextAsync<TorrentEvent.DialFailed>()).Reason);
        Assert.True(await theirs.IsHungUpAsync());
    }

    [Fact]
    public async Task More_peers_than_the_torrent_takes_are_turned_away()
    {
        using var first = await ConnectAsync();
        await _inbox.NextAsync<TorrentEvent.PeerConnected>();
        using var second = await ConnectAsync();
        await _inbox.NextAsync<TorrentEvent.PeerConnected>();
        using var third = await ConnectAsync();
        Assert.Contains("no room", (await _inbox.NextAsync<TorrentEvent.DialFailed>()).Reason);

        first.Dispose();
        await _inbox.NextAsync<TorrentEvent.PeerGone>();
    }

    [Fact]
    public async Task Five_hundred_dials_start_at_once_and_further_ones_at_25_a_second()
    {
        for (var i = 0; i < PeerLimits.DialBurst + 2; i++)
        {
            _dialer.Dial(Refusing(i), PeerLimits.ConnectTimeout, _torrent);
        }

        for (var i = 0; i < PeerLimits.DialBurst; i++)
        {
            await _inbox.NextAsync<TorrentEvent.DialFailed>();
        }

        await _time.UntilWaitedForAsync(TimeSpan.FromMilliseconds(40));
        Assert.Equal(0, _inbox.Count);
        _time.Advance(TimeSpan.FromMilliseconds(40));
        await _inbox.NextAsync<TorrentEvent.DialFailed>();

        await _time.UntilWaitedForAsync(TimeSpan.FromMilliseconds(40));
        Assert.Equal(0, _inbox.Count);
        _time.Advance(TimeSpan.FromMilliseconds(40));
        await _inbox.NextAsync<TorrentEvent.DialFailed>();
    }

    [Fact]
    public async Task A_dial_that_is_never_answered_fails_after_10_s()
    {
        _dialer.Dial(_peer.Address(), PeerLimits.ConnectTimeout, _torrent);
        using var theirs = await _peer.AcceptAsync();
        await theirs.ReceiveHandshakeAsync();
        _time.Advance(PeerLimits.HandshakeTimeout);
        Assert.Contains("in time", (await _inbox.NextAsync<TorrentEvent.DialFailed>()).Reason);
    }

    [Fact]
    public async Task Closing_the_dialer_answers_every_dial_within_a_second_whatever_peers_do()
    {
        for (var i = 0; i < 100; i++)
        {
            _dialer.Dial(_peer.Address(), PeerLimits.ConnectTimeout, _torrent);
        }

        using var silent = await _peer.AcceptAsync();
        await _dialer.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 100; i++)
        {
            await _inbox.NextAsync<TorrentEvent.DialFailed>();
        }
    }

    [Fact]
    public async Task Closing_a_torrent_ends_its_sessions_and_dials_within_a_second_whatever_peers_do()
    {
        using var connected = await ConnectAsync();
        await _inbox.NextAsync<TorrentEvent.PeerConnected>();
        _dialer.Dial(_peer.Address(), PeerLimits.ConnectTimeout, _torrent);
        using var silent = await _peer.AcceptAsync();

        await _torrent.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(1));
        await _inbox.FindAsync<TorrentEvent.PeerGone>();
        Assert.True(await silent.IsHungUpAsync());
        Assert.True(await connected.IsHungUpAsync());

        _dialer.Dial(_peer.Address(), PeerLimits.ConnectTimeout, _torrent);
        await _inbox.FindAsync<TorrentEvent.DialFailed>();
    }

    private static IPEndPoint Refusing(int number) => new(IPAddress.Parse($"127.1.{number / 250}.{1 + (number % 250)}"), 1);

    private async Task<Socket> ConnectAsync(byte[]? trailing = null)
    {
        _dialer.Dial(_peer.Address(), PeerLimits.ConnectTimeout, _torrent);
        var theirs = await _peer.AcceptAsync();
        await theirs.ReceiveHandshakeAsync();
        await theirs.SendAsync((byte[])[.. Greeting.Bytes(Greeting.Ours), .. trailing ?? []]);
        return theirs;
    }
}
