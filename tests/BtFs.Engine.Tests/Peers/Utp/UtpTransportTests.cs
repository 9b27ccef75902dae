using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BtFs.Engine.Datagrams;
using BtFs.Engine.Peers.Transports.Utp;
using BtFs.Protocol.Utp;

namespace BtFs.Engine.Tests.Peers.Utp;

/// <summary>Two endpoints on real sockets of this machine.</summary>
public sealed class UtpTransportTests : IAsyncLifetime
{
    private readonly UdpPort _ourPort = UdpPort.Bind(0, TimeProvider.System);
    private readonly UdpPort _theirPort = UdpPort.Bind(0, TimeProvider.System);
    private readonly Channel<UtpTransport> _accepted = Channel.CreateUnbounded<UtpTransport>();
    private readonly UtpEndpoint _ours;
    private readonly UtpEndpoint _theirs;

    public UtpTransportTests()
    {
        _ours = new UtpEndpoint(_ourPort, TimeProvider.System);
        _theirs = new UtpEndpoint(_theirPort, TimeProvider.System);
        _theirs.Listen(transport => _accepted.Writer.TryWrite(transport));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _ours.Dispose();
        _theirs.Dispose();
        await _ourPort.DisposeAsync();
        await _theirPort.DisposeAsync();
        Assert.Equal((0, 0), (_ours.Connections, _theirs.Connections));
    }

    [Fact]
    public async Task Two_endpoints_talk_and_hang_up()
    {
        var (caller, called) = await PairAsync();
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, _ourPort.Port), called.Address);
        Assert.Equal(5, await called.SendAsync("hello"u8.ToArray(), CancellationToken.None));
        Assert.Equal("hello"u8.ToArray(), await ReceiveAsync(caller, 5));
        Assert.NotNull(caller.RoundTrip);

        caller.Dispose();
        Assert.Equal(0, await called.ReceiveAsync(new byte[10], CancellationToken.None).AsTask().WaitAsync(Loopback.Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await caller.ReceiveAsync(new byte[10], CancellationToken.None));
        called.Dispose();
        await Until(() => _ours.Connections + _theirs.Connections == 0);
    }

    [Fact]
    public async Task No_more_connections_are_opened_or_taken_in_than_there_may_be()
    {
        await using var port = UdpPort.Bind(0, TimeProvider.System);
        using var narrow = new UtpEndpoint(port, TimeProvider.System) { Most = 2 };
        narrow.Listen(_ => { });
        var (here, there) = (new IPEndPoint(IPAddress.Loopback, port.Port), new IPEndPoint(IPAddress.Loopback, _theirPort.Port));
        await narrow.ConnectAsync(there, CancellationToken.None).WaitAsync(Loopback.Patience);
        Assert.Equal(1, narrow.Connections);
        await narrow.ConnectAsync(there, CancellationToken.None).WaitAsync(Loopback.Patience);

        await Assert.ThrowsAsync<SocketException>(() => narrow.ConnectAsync(there, CancellationToken.None).WaitAsync(Loopback.Patience));

        // Greeting costs nothing and is done for everybody; whoever goes on is told that there is no such connection.
        using var caller = await _ours.ConnectAsync(here, CancellationToken.None).WaitAsync(Loopback.Patience);
        await caller.SendAsync("hello"u8.ToArray(), CancellationToken.None);
        await Assert.ThrowsAsync<SocketException>(() => caller.ReceiveAsync(new byte[10], CancellationToken.None).AsTask().WaitAsync(Loopback.Patience));
        Assert.Equal((2, UtpEndpoint.MaxConnections), (narrow.Connections, _ours.Most));
    }

    [Fact]
    public async Task Megabytes_cross_both_ways_at_once()
    {
        var (caller, called) = await PairAsync();
        var (one, other) = (Bytes(30_000_000), Bytes(20_000_000));
        var sending = Task.WhenAll(caller.SendAsync(one, CancellationToken.None).AsTask(), called.SendAsync(other, CancellationToken.None).AsTask());
        var received = await Task.WhenAll(ReceiveAsync(called, one.Length), ReceiveAsync(caller, other.Length));
        await sending.WaitAsync(Loopback.Patience);
        Assert.True(one.AsSpan().SequenceEqual(received[0]));
        Assert.True(other.AsSpan().SequenceEqual(received[1]));
    }

    [Fact]
    public async Task Where_nobody_reads_no_more_than_the_window_is_sent()
    {
        var (caller, called) = await PairAsync();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var sent = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                sent += await caller.SendAsync(new byte[10_000], giveUp.Token);
            }
        });
        Assert.InRange(sent, UtpLimits.ReceiveWindow / 2, UtpLimits.ReceiveWindow + UtpLimits.UnsentBytes + 10_000);
        Assert.True(caller.SendWithoutWaiting(new byte[100_000]) <= UtpLimits.UnsentBytes);
        Assert.Equal(sent, (await ReceiveAsync(called, sent)).Length);
    }

    [Fact]
    public async Task A_wait_for_nothing_ends_when_there_is_something_and_takes_none_of_it()
    {
        var (caller, called) = await PairAsync();
        var waiting = called.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(2, caller.SendWithoutWaiting("ab"u8));
        Assert.Equal(0, await waiting.WaitAsync(Loopback.Patience));
        Assert.Equal("ab"u8.ToArray(), await ReceiveAsync(called, 2));
    }

    [Fact]
    public async Task A_receive_that_was_given_up_loses_nothing()
    {
        var (caller, called) = await PairAsync();
        using var giveUp = new CancellationTokenSource();
        var waiting = called.ReceiveAsync(new byte[10], giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Loopback.Patience));
        await caller.SendAsync("ab"u8.ToArray(), CancellationToken.None);
        Assert.Equal("ab"u8.ToArray(), await ReceiveAsync(called, 2));
    }

    [Fact]
    public async Task An_endpoint_that_knows_nothing_of_a_connection_says_so()
    {
        var (caller, _) = await PairAsync();
        _theirs.Dispose();
        using var again = new UtpEndpoint(_theirPort, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await caller.SendAsync(new byte[10], CancellationToken.None);
            await caller.ReceiveAsync(new byte[10], CancellationToken.None).AsTask().WaitAsync(Loopback.Patience);
        });
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    [Fact]
    public async Task Who_does_not_listen_is_not_there()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _theirs.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _ourPort.Port), deadline.Token));
        await Until(() => _theirs.Connections == 0);
    }

    [Fact]
    public async Task A_flood_of_calls_takes_no_memory_and_each_is_answered_with_as_many_bytes()
    {
        using var stranger = Stranger();
        for (var i = 0; i < 10_000; i++)
        {
            Send(stranger, new UtpHeader(UtpPacketType.Syn, (ushort)i, 0, 0, 0, 1, 0));
        }

        var reply = await HearAsync(stranger);
        Assert.Equal((UtpPacketType.State, UtpHeader.Bytes), (reply.Type, UtpHeader.Bytes));
        Assert.Equal(0, _theirs.Connections);

        // The connection still comes about.
        Assert.NotNull((await PairAsync()).Called);
    }

    [Fact]
    public async Task Data_without_a_call_or_with_a_guessed_answer_opens_nothing()
    {
        using var stranger = Stranger();
        Send(stranger, new UtpHeader(UtpPacketType.Syn, 100, 0, 0, 0, 1, 0));
        var reply = await HearAsync(stranger);
        Send(stranger, new UtpHeader(UtpPacketType.Data, 101, 0, 0, 1000, 2, reply.Sequence), payload: 5);
        Assert.Equal(UtpPacketType.Reset, (await HearAsync(stranger)).Type);
        Assert.Equal(0, _theirs.Connections);

        Send(stranger, new UtpHeader(UtpPacketType.Data, 101, 0, 0, 1000, 2, SequenceNumber.Plus(reply.Sequence, -1)), payload: 5);
        await _accepted.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience);
    }

    [Fact]
    public async Task Only_fifty_packets_of_unknown_connections_are_answered_at_once()
    {
        using var stranger = Stranger();
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 1_000; i++)
        {
            Send(stranger, new UtpHeader(UtpPacketType.Data, (ushort)i, 0, 0, 1000, 2, 7), payload: 5);
        }

        // In order: what comes after the answer to a SYN will not come.
        Send(stranger, new UtpHeader(UtpPacketType.Syn, 9, 0, 0, 0, 1, 0));
        var resets = 0;
        while ((await HearAsync(stranger)).Type == UtpPacketType.Reset)
        {
            resets++;
        }

        // And as many in each second after that.
        Assert.InRange(resets, 1, UtpEndpoint.ResetsPerSecond * (1 + TimeProvider.System.GetElapsedTime(started).TotalSeconds));
    }

    private static Socket Stranger()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Send(Socket stranger, UtpHeader header, int payload = 0)
    {
        var bytes = new byte[UtpHeader.Bytes + payload];
        header.Write(bytes);
        stranger.SendTo(bytes, new IPEndPoint(IPAddress.Loopback, _theirPort.Port));
    }

    private static async Task<UtpHeader> HearAsync(Socket stranger)
    {
        var bytes = new byte[100];
        var count = await stranger.ReceiveAsync(bytes, SocketFlags.None).WaitAsync(Loopback.Patience);
        Assert.True(UtpPacket.TryRead(bytes.AsSpan(0, count), out var packet));
        return packet.Header;
    }

    private async Task<(UtpTransport Caller, UtpTransport Called)> PairAsync()
    {
        var caller = await _ours.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _theirPort.Port), CancellationToken.None).WaitAsync(Loopback.Patience);
        await caller.SendAsync("x"u8.ToArray(), CancellationToken.None);
        var called = await _accepted.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience);
        Assert.Equal("x"u8.ToArray(), await ReceiveAsync(called, 1));
        return (caller, called);
    }

    private static async Task<byte[]> ReceiveAsync(UtpTransport from, int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = await from.ReceiveAsync(bytes.AsMemory(received, Math.Min(64 * 1024, count - received)), CancellationToken.None).AsTask().WaitAsync(Loopback.Patience);
            Assert.True(more > 0, $"The connection ended after {received} of {count} bytes.");
            received += more;
        }

        return bytes;
    }

    private static async Task Until(Func<bool> isTrue)
    {
        using var patience = new CancellationTokenSource(Loopback.Patience);
        while (!isTrue())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
