using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Datagrams;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Peers.Transports.Utp;

namespace BtFs.Engine.Tests.Peers.Utp;

public sealed class TransportRaceTests : IAsyncLifetime
{
    private readonly UdpPort _ourPort = UdpPort.Bind(0, TimeProvider.System);
    private readonly UdpPort _theirPort;
    private readonly Socket _theirTcp = Loopback.Listen();
    private readonly UtpEndpoint _ours;
    private readonly UtpEndpoint _theirs;

    public TransportRaceTests()
    {
        _theirPort = UdpPort.Bind(_theirTcp.Address().Port, TimeProvider.System);
        _ours = new UtpEndpoint(_ourPort, TimeProvider.System);
        _theirs = new UtpEndpoint(_theirPort, TimeProvider.System);
        _theirs.Listen(_ => { });
    }

    private IPEndPoint There => new(IPAddress.Loopback, _theirPort.Port);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _theirTcp.Dispose();
        _ours.Dispose();
        _theirs.Dispose();
        await _ourPort.DisposeAsync();
        await _theirPort.DisposeAsync();
    }

    [Theory]
    [InlineData(DialWay.TcpFirst)]
    [InlineData(DialWay.Both)]
    public async Task Who_answers_by_TCP_is_not_called_by_uTP(object way)
    {
        Assert.Equal(_theirTcp.Address(), There);
        using var transport = await RaceAsync((DialWay)way);
        Assert.IsType<TcpTransport>(transport);
        Assert.Equal(0, _ours.Connections);
    }

    [Fact]
    public async Task Who_refuses_TCP_is_called_by_uTP_at_once()
    {
        _theirTcp.Dispose();
        using var transport = await RaceAsync(DialWay.TcpFirst);
        Assert.IsType<UtpTransport>(transport);
    }

    [Theory]
    [InlineData(true, DialWay.UtpOnly)]
    [InlineData(false, DialWay.TcpFirst)]
    public async Task Where_only_uTP_may_be_used_TCP_is_not(bool usesTcp, object way)
    {
        using var transport = await RaceAsync((DialWay)way, usesTcp);
        Assert.IsType<UtpTransport>(transport);
    }

    [Fact]
    public async Task Nobody_there_is_what_TCP_says_and_said_soon()
    {
        _theirTcp.Dispose();
        _theirs.Dispose();
        var started = TimeProvider.System.GetTimestamp();
        var failure = await Assert.ThrowsAsync<SocketException>(() => RaceAsync(DialWay.TcpFirst));
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TransportRace.UtpTimeout);
    }

    [Fact]
    public async Task Who_gives_up_leaves_no_connection_behind()
    {
        _theirTcp.Dispose();
        _theirs.Dispose();
        using var giveUp = new CancellationTokenSource();
        var call = Race(usesTcp: false).ConnectAsync(There, DialWay.TcpFirst, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Loopback.Patience));
        Assert.Equal(0, _ours.Connections);
    }

    private TransportRace Race(bool usesTcp) =>
        new(_ours, usesTcp, TimeProvider.System, new NetworkRoute(new NetworkOptions(), TimeProvider.System));

    private Task<IPeerTransport> RaceAsync(DialWay way, bool usesTcp = true) =>
        Race(usesTcp).ConnectAsync(There, way, CancellationToken.None).WaitAsync(Loopback.Patience);
}
