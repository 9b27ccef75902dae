using System.Net;
using BtFs.Engine.Peers;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Tests.Torrents;

public class PeerExchangeTests
{
    private const byte TheirId = 9;

    private readonly PeerExchange _exchange = new();
    private readonly Dictionary<Peer, IPEndPoint> _reachable = [];
    private readonly List<Peer> _peers = [];

    [Fact]
    public void A_peer_hears_of_the_others_at_once_and_then_once_a_minute_of_what_has_changed()
    {
        var listener = Connect(1);
        var first = Connect(2);
        Assert.Equal([At(2)], Told(listener, TimeSpan.Zero)!.Added.Select(peer => peer.Address));

        Connect(3);
        Leave(first);
        Assert.Null(Told(listener, TimeSpan.FromSeconds(59)));
        var news = Told(listener, TimeSpan.FromSeconds(60))!;
        Assert.Equal([At(3)], news.Added.Select(peer => peer.Address));
        Assert.Equal([At(2)], news.Dropped);

        Assert.Null(Told(listener, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void No_message_names_above_fifty_peers_and_the_rest_comes_later()
    {
        var listener = Connect(1);
        for (var i = 2; i < 72; i++)
        {
            Connect(i);
        }

        Assert.Equal(50, Told(listener, TimeSpan.Zero)!.Added.Count);
        Assert.Equal(20, Told(listener, TimeSpan.FromMinutes(1))!.Added.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_came_with_an_encrypted_handshake_is_said_to_prefer_that(bool isEncrypted)
    {
        var listener = Connect(1);
        var hello = SomePeer.Stranger(2).Hello with { CameEncrypted = isEncrypted };
        _reachable.Add(new Peer(new RecordedWire(), hello, TimeSpan.Zero), At(2));

        Assert.Equal(isEncrypted, Told(listener, TimeSpan.Zero)!.Added.Single().Flags.HasFlag(ExchangedPeerFlags.PrefersEncryption));
    }

    [Fact]
    public void A_peer_that_does_not_take_the_extension_is_told_nothing()
    {
        var listener = Connect(1);
        Connect(2);
        listener.ExchangeExtension = 0;

        Assert.Null(Told(listener, TimeSpan.Zero));
    }

    [Fact]
    public void A_peer_far_away_hears_nothing_of_local_ones_and_is_not_believed_about_them()
    {
        Connect(2);
        var far = Far();
        Assert.Null(Told(far, TimeSpan.Zero));

        string[] named = ["127.0.0.1:80", "10.0.0.9:80", "0.0.0.0:80", "224.0.0.1:80", "[::ffff:127.0.0.1]:80", "198.51.100.1:80", "198.51.100.1:81", "198.51.100.2:80"];
        var heard = _exchange.Hear(far, Naming(named), TimeSpan.Zero);

        Assert.Equal(["198.51.100.1:80", "198.51.100.2:80"], heard.Select(address => address.ToString()));
    }

    [Fact]
    public void Two_messages_may_come_at_once_and_one_every_45_seconds_after_that()
    {
        var peer = Connect(1);
        var times = new[] { 0, 1, 2, 44, 46, 47, 91, 200, 201, 202 };

        var heard = times.Where(second => _exchange.Hear(peer, Naming("10.0.0.9:80"), TimeSpan.FromSeconds(second)).Count > 0);

        Assert.Equal([0, 1, 46, 91, 200, 201], heard);
    }

    [Fact]
    public void A_peer_that_tells_all_the_time_is_sent_away()
    {
        var peer = Connect(1);

        Assert.Throws<ProtocolViolationException>(() =>
        {
            for (var i = 0; i < 30; i++)
            {
                _exchange.Hear(peer, Naming("10.0.0.9:80"), TimeSpan.Zero);
            }
        });
    }

    private static IPEndPoint At(int number) => new(new IPAddress([10, 0, 0, (byte)number]), 6881);

    private static PeerExchangeMessage Naming(params string[] addresses) =>
        new([.. addresses.Select(address => new ExchangedPeer(IPEndPoint.Parse(address), ExchangedPeerFlags.None))], []);

    private Peer Connect(int number)
    {
        var peer = SomePeer.Stranger(number);
        peer.ExchangeExtension = TheirId;
        _peers.Add(peer);
        _reachable.Add(peer, At(number));
        return peer;
    }

    private Peer Far()
    {
        var address = new IPEndPoint(IPAddress.Parse("203.0.113.7"), 6881);
        var hello = new PeerHello(address, PeerId.New(new Random(1)), IsIncoming: false, Fast: true, Extended: true, V2: false);
        var peer = new Peer(new RecordedWire(), hello, TimeSpan.Zero) { ExchangeExtension = TheirId };
        _peers.Add(peer);
        _reachable.Add(peer, address);
        return peer;
    }

    private void Leave(Peer peer)
    {
        _peers.Remove(peer);
        _reachable.Remove(peer);
        _exchange.Forget(peer);
    }

    private PeerExchangeMessage? Told(Peer peer, TimeSpan now)
    {
        peer.Wire().Sent.Clear();
        _exchange.Tick(_reachable, _peers, now);
        return peer.Wire().Sent is [PeerMessage.Extended { ExtensionId: TheirId } message] ? PeerExchangeMessage.Read(message.Payload) : null;
    }
}
