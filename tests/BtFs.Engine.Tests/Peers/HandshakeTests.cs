using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Transports;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Tests.Peers;

public class HandshakeTests : IAsyncLifetime
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 6881);

    private readonly ManualTimeProvider _time = new();
    private readonly PeerHandshaker _handshaker;
    private readonly PeerSessions _torrent;
    private Socket _ours = null!;
    private Socket _theirs = null!;

    public HandshakeTests()
    {
        _handshaker = new PeerHandshaker(Greeting.Self, _time);
        _torrent = new PeerSessions([Greeting.Ours, Greeting.OurHybrid], ConnectedPeer.Options(_time), new Inbox().Post);
    }

    public async Task InitializeAsync() => (_ours, _theirs) = await Loopback.PairAsync();

    public async Task DisposeAsync()
    {
        _ours.Dispose();
        _theirs.Dispose();
        await _torrent.DisposeAsync();
    }

    [Fact]
    public async Task A_call_says_who_we_are_and_hears_who_is_there()
    {
        var call = CallAsync();
        var said = await _theirs.ReceiveHandshakeAsync();
        Assert.Equal((Greeting.Ours, Greeting.Self, true, true), (said.InfoHash, said.PeerId, said.Fast, said.Extended));
        await _theirs.SendAsync(Greeting.Bytes(Greeting.Ours, fast: false));

        Assert.Equal(new PeerHello(Address, Greeting.Other, IsIncoming: false, Fast: false, Extended: true, V2: false), await call);
    }

    [Fact]
    public async Task A_peer_of_a_hybrid_torrent_may_answer_with_its_other_infohash()
    {
        var call = CallAsync();
        await _theirs.SendAsync(Greeting.Bytes(Greeting.OurHybrid));
        Assert.Equal(Greeting.Other, (await call).Id);
    }

    [Fact]
    public async Task An_answer_for_another_torrent_is_refused()
    {
        var call = CallAsync();
        await _theirs.SendAsync(Greeting.Bytes(Greeting.Strange));
        await Assert.ThrowsAsync<ProtocolViolationException>(() => call);
    }

    [Fact]
    public async Task Calling_ourselves_is_noticed()
    {
        var call = CallAsync();
        await _theirs.SendAsync(Greeting.Bytes(Greeting.Ours, Greeting.Self));
        Assert.Contains("ourselves", (await Assert.ThrowsAsync<ProtocolViolationException>(() => call)).Message);
    }

    [Fact]
    public async Task Another_protocol_is_refused_at_its_first_byte()
    {
        var call = CallAsync();
        await _theirs.SendAsync("H"u8.ToArray());
        await Assert.ThrowsAsync<ProtocolViolationException>(() => call);
    }

    [Fact]
    public async Task A_hang_up_in_the_middle_is_a_failed_call()
    {
        var call = CallAsync();
        await _theirs.SendAsync(Greeting.Bytes(Greeting.Ours)[..40]);
        _theirs.Shutdown(SocketShutdown.Send);
        Assert.Contains("hung up", (await Assert.ThrowsAsync<SocketException>(() => call)).Message);
    }

    [Fact]
    public async Task A_handshake_that_drips_in_has_10_s_in_all()
    {
        var call = CallAsync();
        var bytes = Greeting.Bytes(Greeting.Ours);
        for (var i = 0; i < 10; i++)
        {
            Assert.False(call.IsCompleted);
            await _theirs.SendAsync(bytes.AsMemory(i, 1));
            _time.Advance(PeerLimits.HandshakeTimeout / 10);
        }

        await Assert.ThrowsAsync<TimeoutException>(() => call);
    }

    [Fact]
    public async Task A_handshake_that_drips_in_faster_is_heard()
    {
        var call = CallAsync();
        foreach (var single in Greeting.Bytes(Greeting.Ours))
        {
            await _theirs.SendAsync(new[] { single });
        }

        Assert.Equal(Greeting.Other, (await call).Id);
    }

    [Fact]
    public async Task What_follows_a_handshake_in_the_same_segment_stays_in_the_socket()
    {
        var call = CallAsync();
        await _theirs.SendAsync((byte[])[.. Greeting.Bytes(Greeting.Ours), 0, 0, 0, 1, 1]);
        await call;
        Assert.Equal([0, 0, 0, 1, 1], await _ours.ReceiveExactlyAsync(5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_is_answered_with_the_infohash_it_named(bool hybrid)
    {
        var wanted = hybrid ? Greeting.OurHybrid : Greeting.Ours;
        var answer = AnswerAsync();
        await _theirs.SendAsync(Greeting.Bytes(wanted));
        var said = await _theirs.ReceiveHandshakeAsync();
        Assert.Equal((wanted, Greeting.Self), (said.InfoHash, said.PeerId));

        var (hello, torrent) = await answer;
        Assert.Same(_torrent, torrent);
        Assert.Equal(new PeerHello(Address, Greeting.Other, IsIncoming: true, Fast: true, Extended: true, V2: false), hello);
    }

    [Fact]
    public async Task A_caller_for_a_torrent_we_do_not_have_learns_nothing()
    {
        var answer = AnswerAsync();
        await _theirs.SendAsync(Greeting.Bytes(Greeting.Strange));
        await Assert.ThrowsAsync<ProtocolViolationException>(() => answer);
        Assert.Equal(0, _theirs.Available);
    }

    [Fact]
    public async Task A_caller_that_says_nothing_has_10_s()
    {
        var answer = AnswerAsync();
        _time.Advance(PeerLimits.HandshakeTimeout - TimeSpan.FromTicks(1));
        Assert.False(answer.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<TimeoutException>(() => answer);
    }

    private Task<PeerHello> CallAsync() => _handshaker.CallAsync(new TcpTransport(_ours), Address, _torrent.InfoHashes, CancellationToken.None);

    private Task<(PeerHello Hello, PeerSessions Torrent)> AnswerAsync() =>
        _handshaker.AnswerAsync(new TcpTransport(_ours), Address, Find, CancellationToken.None);

    private PeerSessions? Find(InfoHash wanted) => _torrent.InfoHashes.Contains(wanted) ? _torrent : null;
}
