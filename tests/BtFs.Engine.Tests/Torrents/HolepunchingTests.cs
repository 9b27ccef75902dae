using System.Net;
using BtFs.Engine.Peers;
using BtFs.Engine.PortMapping;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Torrents;

public class HolepunchingTests
{
    private const byte TheirId = 7;
    private const int OurPort = 6881;

    private static readonly IPEndPoint Unknown = IPEndPoint.Parse("198.51.100.200:6881");

    private readonly RecordedDials _dials = new();
    private readonly Swarm _swarm;
    private readonly Holepunching _punching;

    public HolepunchingTests()
    {
        var time = new ManualTimeProvider();
        var context = new LoopContext(
            new EngineOptions { CacheDirectory = null }, new PublicPorts(OurPort, OurPort), new TorrentInbox(), _dials, time, new Random(1), NullLogger.Instance)
        { Self = new OurPeerId(PeerId.New(new Random(2))) };
        _swarm = new Swarm(context);
        _punching = new Holepunching(context, _swarm);
    }

    [Fact]
    public void A_relay_tells_both_where_the_other_is()
    {
        var (from, target) = (Join("198.51.100.1:1111"), Join("198.51.100.2:2222"));
        Say(from, HolepunchMessageType.Rendezvous, target.Hello.Address);

        Assert.Equal(new HolepunchMessage(HolepunchMessageType.Connect, target.Hello.Address), Heard(from));
        Assert.Equal(new HolepunchMessage(HolepunchMessageType.Connect, from.Hello.Address), Heard(target));
    }

    [Fact]
    public void A_relay_says_why_not()
    {
        var (from, mute) = (Join("198.51.100.1:1111"), Join("198.51.100.2:2222", speaks: false));
        from.SeesUsAt = IPAddress.Parse("192.0.2.1");
        (IPEndPoint, HolepunchError)[] wishes =
        [
            (Unknown, HolepunchError.NotConnected),
            (from.Hello.Address, HolepunchError.NotConnected),
            (mute.Hello.Address, HolepunchError.NoSupport),
            (new IPEndPoint(from.SeesUsAt, OurPort), HolepunchError.NoSelf),
            (IPEndPoint.Parse("127.0.0.1:80"), HolepunchError.NoSuchPeer),
            (IPEndPoint.Parse("192.168.0.1:80"), HolepunchError.NoSuchPeer),
            (IPEndPoint.Parse("224.0.0.1:80"), HolepunchError.NoSuchPeer),
        ];
        foreach (var (wanted, why) in wishes)
        {
            Say(from, HolepunchMessageType.Rendezvous, wanted);
            Assert.Equal(new HolepunchMessage(HolepunchMessageType.Error, wanted, why), Heard(from));
        }

        Assert.Empty(mute.Wire().Sent);
    }

    [Fact]
    public void Who_does_not_speak_it_is_not_listened_to()
    {
        var (from, target) = (Join("198.51.100.1:1111", speaks: false), Join("198.51.100.2:2222"));
        Say(from, HolepunchMessageType.Rendezvous, target.Hello.Address);
        Say(from, HolepunchMessageType.Connect, Unknown);

        Assert.Empty(from.Wire().Sent);
        Assert.Empty(target.Wire().Sent);
        Assert.Empty(_dials.Made);
    }

    [Fact]
    public void At_a_relays_word_an_address_is_called_by_uTP_alone()
    {
        Say(Join("198.51.100.1:1111"), HolepunchMessageType.Connect, Unknown);
        Assert.Equal([(Unknown, DialWay.UtpOnly)], _dials.Made);

        // It is being called already.
        Say(Join("198.51.100.2:1111"), HolepunchMessageType.Connect, Unknown);
        Assert.Single(_dials.Made);
    }

    [Theory]
    [InlineData("127.0.0.1:80")]
    [InlineData("10.0.0.1:80")]
    [InlineData("0.0.0.0:80")]
    [InlineData("224.0.0.1:80")]
    [InlineData("[::1]:80")]
    [InlineData("[::ffff:127.0.0.1]:80")]
    [InlineData("198.51.100.2:2222")] // connected
    public void Nobody_far_away_has_us_call_local_addresses_or_who_is_here_already(string address)
    {
        Join("198.51.100.2:2222");
        Say(Join("198.51.100.1:1111"), HolepunchMessageType.Connect, IPEndPoint.Parse(address));
        Assert.Empty(_dials.Made);
    }

    [Fact]
    public void Ten_messages_may_come_at_once_and_one_every_two_seconds_after_that()
    {
        var from = Join("198.51.100.1:1111");
        for (var i = 0; i < 50; i++)
        {
            Say(from, HolepunchMessageType.Rendezvous, Unknown);
        }

        Assert.Equal(Holepunching.Burst, from.Wire().Sent.Count);
        for (var i = 0; i < 50; i++)
        {
            Say(from, HolepunchMessageType.Rendezvous, Unknown, now: TimeSpan.FromSeconds(20) - Holepunching.HearEvery);
        }

        Assert.Equal(Holepunching.Burst + 9, from.Wire().Sent.Count);
    }

    [Fact]
    public void When_a_call_fails_who_told_of_the_address_is_asked_to_help_once()
    {
        var relay = Join("198.51.100.1:1111");
        _punching.Introduced(Unknown, relay);
        _punching.DialFailed(Unknown);
        _punching.DialFailed(Unknown);

        Assert.Equal(new HolepunchMessage(HolepunchMessageType.Rendezvous, Unknown), Heard(relay));
        Assert.Single(relay.Wire().Sent);
    }

    [Fact]
    public void Nobody_is_asked_who_is_gone_or_cannot_help()
    {
        var (gone, mute) = (Join("198.51.100.1:1111"), Join("198.51.100.2:1111", speaks: false));
        _punching.Introduced(Unknown, gone);
        _punching.Forget(gone);
        _punching.DialFailed(Unknown);
        _punching.Introduced(Unknown, mute);
        _punching.DialFailed(Unknown);

        Assert.Empty(gone.Wire().Sent);
        Assert.Empty(mute.Wire().Sent);
    }

    [Fact]
    public void Five_hundred_introductions_are_remembered()
    {
        var relay = Join("198.51.100.1:1111");
        for (var i = 0; i < Holepunching.MaxIntroductions + 100; i++)
        {
            _punching.Introduced(new IPEndPoint(0xc0a80000 + i, 1), relay);
        }

        for (var i = 0; i < Holepunching.MaxIntroductions + 100; i++)
        {
            _punching.DialFailed(new IPEndPoint(0xc0a80000 + i, 1));
        }

        Assert.Equal(Holepunching.MaxIntroductions, relay.Wire().Sent.Count);
    }

    private void Say(Peer from, HolepunchMessageType type, IPEndPoint address, TimeSpan now = default) =>
        _punching.Hear(from, new HolepunchMessage(type, address), now);

    private static HolepunchMessage? Heard(Peer peer)
    {
        var message = Assert.IsType<PeerMessage.Extended>(peer.Wire().Sent[^1]);
        Assert.Equal(TheirId, message.ExtensionId);
        return HolepunchMessage.Read(message.Payload.Span);
    }

    private Peer Join(string address, bool speaks = true)
    {
        var at = IPEndPoint.Parse(address);
        var hello = new PeerHello(at, PeerId.New(new Random(at.GetHashCode())), IsIncoming: true, Fast: true, Extended: true, V2: false) { IsUtp = true };
        var peer = _swarm.Join(new RecordedWire(), hello, TimeSpan.Zero)!;
        peer.HolepunchExtension = speaks ? TheirId : (byte)0;
        return peer;
    }

    private sealed class RecordedDials : ITorrentLinks
    {
        internal List<(IPEndPoint Address, DialWay Way)> Made { get; } = [];

        public void Dial(IPEndPoint address, TimeSpan patience, DialWay way) => Made.Add((address, way));

        public void FindPeers()
        {
        }

        public void MeetNode(IPEndPoint address)
        {
        }

        public void ContentCompleted()
        {
        }

        public void MetadataArrived(byte[] info)
        {
        }
    }
}
