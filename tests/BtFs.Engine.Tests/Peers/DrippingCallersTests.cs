using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers;

/// <summary>A thousand callers that each send a byte now and then, and never a whole handshake.</summary>
public sealed class DrippingCallersTests : IAsyncLifetime
{
    private const int Drippers = 1_000;
    private const int CallsFromOneAddress = 8;

    private readonly ManualTimeProvider _time = new();
    private readonly Inbox _inbox = new();
    private readonly PeerSessions _torrent;
    private readonly PeerListener _listener;
    private readonly List<Socket> _callers = [];

    public DrippingCallersTests()
    {
        _torrent = new PeerSessions([Greeting.Ours], ConnectedPeer.Options(_time), _inbox.Post);
        _listener = PeerListener.TryStart(0, 0, new PeerHandshaker(new OurPeerId(Greeting.Self), _time), wanted => wanted.Equals(Greeting.Ours) ? _torrent : null, _time)!;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _callers.ForEach(caller => caller.Dispose());
        await _listener.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
        await _torrent.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
    }

    [Fact]
    public async Task A_thousand_callers_that_drip_are_gone_ten_seconds_after_they_called_and_hold_up_no_peer_meanwhile()
    {
        var greeting = Greeting.Bytes(Greeting.Ours);
        var good = await CallAsync(IPAddress.Parse("127.0.3.1"));
        await good.SendAsync(greeting);
        await good.ReceiveHandshakeAsync();
        await _inbox.NextAsync<TorrentEvent.PeerConnected>();

        var drippers = new List<Socket>();
        for (var i = 0; i < Drippers; i++)
        {
            drippers.Add(await CallAsync(new IPAddress([127, 0, 4, (byte)(1 + (i / CallsFromOneAddress))])));
        }

        // A byte each second: never silent for long, and never done. Most were hung up on at once, being too many.
        for (var second = 0; second < 9; second++)
        {
            foreach (var dripper in drippers)
            {
                Drip(dripper, greeting[second]);
            }

            await good.SendAsync(ConnectedPeer.Bytes(new PeerMessage.Have(second)));
            Assert.Equal(new PeerMessage.Have(second), (await _inbox.NextAsync<TorrentEvent.MessageReceived>()).Message);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(drippers.Count(IsOpen), 1, PeerLimits.PendingHandshakes);
        _time.Advance(TimeSpan.FromSeconds(1));
        foreach (var dripper in drippers)
        {
            Assert.True(await dripper.IsHungUpAsync());
        }

        // Their places are free, even for one of their own addresses.
        var late = await CallAsync(new IPAddress([127, 0, 4, 1]));
        await late.SendAsync(greeting);
        await late.ReceiveHandshakeAsync();
        await _inbox.FindAsync<TorrentEvent.PeerConnected>();
    }

    private static void Drip(Socket dripper, byte one)
    {
        try
        {
            dripper.Send([one]);
        }
        catch (SocketException)
        {
            // Hung up on.
        }
    }

    private static bool IsOpen(Socket caller) => !caller.Poll(0, SelectMode.SelectRead);

    private async Task<Socket> CallAsync(IPAddress from)
    {
        var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _callers.Add(caller);
        caller.Bind(new IPEndPoint(from, 0));
        await caller.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _listener.Port)).WaitAsync(Loopback.Patience);
        return caller;
    }
}
