using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Encryption;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Encryption;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers.Encryption;

/// <summary>Which handshake goes first, and what happens where the peer wants the other one. Over real sockets.</summary>
public class EncryptedDialTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly Inbox _inbox = new();
    private readonly Socket _peer = Loopback.Listen();
    private readonly PeerSessions _torrent;
    private readonly List<PeerDialer> _dialers = [];

    public EncryptedDialTests() => _torrent = new PeerSessions([Greeting.Ours], ConnectedPeer.Options(_time), _inbox.Post);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var dialer in _dialers)
        {
            await dialer.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
        }

        await _torrent.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
        _peer.Dispose();
    }

    [Fact]
    public async Task A_peer_that_hangs_up_on_a_plain_handshake_is_called_again_at_once_with_an_encrypted_one_and_from_then_on_so_first()
    {
        var dialer = Dialer(EncryptionPolicy.Prefer);
        Dial(dialer);
        await HangUpOnPlainAsync();
        using (await AnswerEncryptedAsync())
        {
            await _inbox.NextAsync<TorrentEvent.PeerConnected>();
        }

        await _inbox.NextAsync<TorrentEvent.PeerGone>();
        Dial(dialer);
        using var again = await AnswerEncryptedAsync();
        await _inbox.NextAsync<TorrentEvent.PeerConnected>();
    }

    [Fact]
    public async Task A_peer_that_hangs_up_on_both_is_a_failed_dial()
    {
        Dial(Dialer(EncryptionPolicy.Prefer));
        await HangUpOnPlainAsync();
        using (await _peer.AcceptAsync())
        {
        }

        await _inbox.NextAsync<TorrentEvent.DialFailed>();
        Assert.False(_peer.Poll(TimeSpan.Zero, SelectMode.SelectRead), "There was a third call.");
    }

    [Fact]
    public async Task A_peer_that_swallows_a_plain_handshake_gets_an_encrypted_one_the_next_time()
    {
        var dialer = Dialer(EncryptionPolicy.Prefer);
        Dial(dialer);
        using var silent = await _peer.AcceptAsync();
        await silent.ReceiveHandshakeAsync();
        _time.Advance(PeerLimits.HandshakeTimeout);
        Assert.Contains("in time", (await _inbox.NextAsync<TorrentEvent.DialFailed>()).Reason);

        Dial(dialer);
        using var second = await AnswerEncryptedAsync();
        await _inbox.NextAsync<TorrentEvent.PeerConnected>();
    }

    [Fact]
    public async Task Nobody_is_called_with_a_plain_handshake_where_encryption_is_required()
    {
        Dial(Dialer(EncryptionPolicy.Require));
        using var theirs = await _peer.AcceptAsync();
        Assert.NotEqual(19, (await theirs.ReceiveExactlyAsync(KeyExchange.KeyBytes))[0]);
        theirs.Shutdown(SocketShutdown.Both);
        theirs.Dispose();

        await _inbox.NextAsync<TorrentEvent.DialFailed>();
        Assert.False(_peer.Poll(TimeSpan.Zero, SelectMode.SelectRead), "There was a second call.");
    }

    [Fact]
    public async Task Nobody_is_called_with_an_encrypted_handshake_where_encryption_is_off()
    {
        Dial(Dialer(EncryptionPolicy.Off));
        await HangUpOnPlainAsync();
        await _inbox.NextAsync<TorrentEvent.DialFailed>();
        Assert.False(_peer.Poll(TimeSpan.Zero, SelectMode.SelectRead), "There was a second call.");
    }

    [Theory]
    [InlineData(EncryptionPolicy.Prefer, true, true)]
    [InlineData(EncryptionPolicy.Require, true, false)]
    [InlineData(EncryptionPolicy.Off, false, true)]
    public async Task A_listener_takes_the_handshakes_that_its_policy_allows(EncryptionPolicy policy, bool encrypted, bool plain)
    {
        await using var listener = PeerListener.TryStart(0, 0, Handshaker(policy), hash => hash == Greeting.Ours ? _torrent : null, _time)!;
        await AssertHeardAsync(listener, encrypt: true, encrypted);
        await AssertHeardAsync(listener, encrypt: false, plain);
    }

    [Fact]
    public async Task A_caller_that_sends_noise_is_hung_up_on_at_the_latest_after_10_s()
    {
        await using var listener = PeerListener.TryStart(0, 0, Handshaker(EncryptionPolicy.Prefer), _ => _torrent, _time)!;
        using var web = await ConnectAsync(listener);
        await web.SendAsync("GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"u8.ToArray());
        await _time.UntilWaitedForAsync(PeerLimits.HandshakeTimeout);
        _time.Advance(PeerLimits.HandshakeTimeout);
        Assert.True(await web.IsHungUpAsync());
    }

    private async Task AssertHeardAsync(PeerListener listener, bool encrypt, bool expected)
    {
        using var caller = await ConnectAsync(listener);
        using var transport = new TcpTransport(caller);
        var call = new PeerHandshaker(new OurPeerId(Greeting.Other), _time) { Encryption = new StreamEncryption(EncryptionPolicy.Prefer, _time) }
            .CallAsync(transport, (IPEndPoint)caller.RemoteEndPoint!, [Greeting.Ours], encrypt, CancellationToken.None);
        if (expected)
        {
            var hello = (await call.WaitAsync(Loopback.Patience)).Hello;
            Assert.Equal((Greeting.Self, encrypt), (hello.Id, hello.CameEncrypted));
            Assert.Equal(encrypt, (await _inbox.NextAsync<TorrentEvent.PeerConnected>()).Hello.CameEncrypted);
            caller.Dispose();
            await _inbox.NextAsync<TorrentEvent.PeerGone>();
        }
        else
        {
            var fault = await Assert.ThrowsAnyAsync<Exception>(() => call.WaitAsync(Loopback.Patience));
            Assert.True(fault is HungUpException or SocketException, fault.ToString());
        }
    }

    private static async Task<Socket> ConnectAsync(PeerListener listener)
    {
        var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(new IPEndPoint(IPAddress.Loopback, listener.Port));
        return caller;
    }

    private PeerHandshaker Handshaker(EncryptionPolicy policy)
    {
        var encryption = new StreamEncryption(policy, _time);
        encryption.Torrents.Add(Greeting.Ours);
        return new PeerHandshaker(new OurPeerId(Greeting.Self), _time) { Encryption = encryption };
    }

    private PeerDialer Dialer(EncryptionPolicy policy)
    {
        var dialer = new PeerDialer(Handshaker(policy), _time);
        _dialers.Add(dialer);
        return dialer;
    }

    private void Dial(PeerDialer dialer) => dialer.Dial(_peer.Address(), PeerLimits.ConnectTimeout, _torrent);

    private async Task HangUpOnPlainAsync()
    {
        using var theirs = await _peer.AcceptAsync().WaitAsync(Loopback.Patience);
        await theirs.ReceiveHandshakeAsync();
    }

    private async Task<Socket> AnswerEncryptedAsync()
    {
        var theirs = await _peer.AcceptAsync().WaitAsync(Loopback.Patience);
        var encryption = new StreamEncryption(EncryptionPolicy.Require, _time);
        encryption.Torrents.Add(Greeting.Ours);
        var (stream, _) = await encryption.AnswerAsync(new TcpTransport(theirs), ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        Assert.Equal(68, (await new ExactReader(stream, CancellationToken.None).ReadAsync(68)).Length);
        await stream.SendAsync(Greeting.Bytes(Greeting.Ours), CancellationToken.None);
        return theirs;
    }
}
