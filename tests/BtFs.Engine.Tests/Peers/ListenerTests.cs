using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers;

public class ListenerTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly Inbox _inbox = new();
    private readonly PeerHandshaker _handshaker;
    private readonly PeerSessions _torrent;
    private readonly PeerListener _listener;

    public ListenerTests()
    {
        _handshaker = new PeerHandshaker(new OurPeerId(Greeting.Self), _time);
        _torrent = new PeerSessions([Greeting.Ours], ConnectedPeer.Options(_time), _inbox.Post);
        _listener = PeerListener.TryStart(0, 0, _handshaker, Find, _time)!;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _listener.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
        await _torrent.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_caller_is_brought_to_its_torrent_over_either_family(string address)
    {
        using var caller = await CallAsync(address);
        await caller.SendAsync((byte[])[.. Greeting.Bytes(Greeting.Ours), 0, 0, 0, 1, 2]);
        await caller.ReceiveHandshakeAsync();

        var connected = await _inbox.NextAsync<TorrentEvent.PeerConnected>();
        Assert.Equal((caller.LocalEndPoint, true), (connected.Hello.Address, connected.Hello.IsIncoming));
        Assert.IsType<PeerMessage.Interested>((await _inbox.NextAsync<TorrentEvent.MessageReceived>()).Message);
    }

    [Fact]
    public async Task Strangers_are_hung_up_on()
    {
        using var stranger = await CallAsync();
        await stranger.SendAsync(Greeting.Bytes(Greeting.Strange));
        Assert.True(await stranger.IsHungUpAsync());

        using var web = await CallAsync();
        await web.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        Assert.True(await web.IsHungUpAsync());

        using var mirror = await CallAsync();
        await mirror.SendAsync(Greeting.Bytes(Greeting.Ours, Greeting.Self));
        Assert.True(await mirror.IsHungUpAsync());
        Assert.Equal(0, _inbox.Count);
    }

    [Fact]
    public async Task One_address_may_have_four_silent_calls_and_the_next_is_hung_up_on()
    {
        var silent = await CallAsync(PeerLimits.PendingHandshakesPerAddress, "127.0.0.1");
        using var fifth = await CallAsync();
        Assert.True(await fifth.IsHungUpAsync());

        // Another address is still heard, and so is this one once its silent calls have timed out.
        await AssertHeardAsync("127.0.0.2");
        _time.Advance(PeerLimits.HandshakeTimeout);
        foreach (var call in silent)
        {
            Assert.True(await call.IsHungUpAsync());
            call.Dispose();
        }

        await AssertHeardAsync("127.0.0.1");
    }

    [Fact]
    public async Task Sixty_four_silent_calls_from_everywhere_are_the_most()
    {
        var silent = new List<Socket>();
        for (var i = 0; i < PeerLimits.PendingHandshakes; i++)
        {
            silent.AddRange(await CallAsync(1, $"127.0.2.{1 + i}"));
        }

        using var next = await CallAsync("127.0.0.9");
        Assert.True(await next.IsHungUpAsync());
        silent.ForEach(call => call.Dispose());
    }

    [Fact]
    public async Task The_first_free_port_of_the_range_is_taken()
    {
        await using var second = PeerListener.TryStart(_listener.Port, Math.Min(_listener.Port + 50, 65535), _handshaker, Find, _time);
        Assert.NotNull(second);
        Assert.True(second.Port > _listener.Port);
        Assert.Null(PeerListener.TryStart(_listener.Port, _listener.Port, _handshaker, Find, _time));
    }

    [Fact]
    public async Task Closing_hangs_up_on_silent_callers_within_a_second_and_keeps_sessions()
    {
        using var heard = await AssertHeardAsync("127.0.0.1");
        using var silent = await CallAsync();
        await AssertHeardAsync("127.0.0.2");

        await _listener.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(1));
        Assert.True(await silent.IsHungUpAsync());
        await heard.SendAsync(ConnectedPeer.Bytes(new PeerMessage.Unchoke()));
        await _inbox.NextAsync<TorrentEvent.MessageReceived>();
    }

    private async Task<Socket> AssertHeardAsync(string from)
    {
        var caller = (await CallAsync(1, from))[0];
        await caller.SendAsync(Greeting.Bytes(Greeting.Ours));
        await caller.ReceiveHandshakeAsync();
        await _inbox.NextAsync<TorrentEvent.PeerConnected>();
        return caller;
    }

    private async Task<List<Socket>> CallAsync(int count, string from)
    {
        var calls = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            calls.Add(await CallAsync("127.0.0.1", from));
        }

        return calls;
    }

    private async Task<Socket> CallAsync(string address = "127.0.0.1", string? from = null)
    {
        var to = IPAddress.Parse(address);
        var caller = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (from is not null)
        {
            caller.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        }

        await caller.ConnectAsync(new IPEndPoint(to, _listener.Port));
        return caller;
    }

    private PeerSessions? Find(InfoHash wanted) => _torrent.InfoHashes.Contains(wanted) ? _torrent : null;
}
