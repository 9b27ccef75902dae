using System.Net;
using BtFs.Engine.Datagrams;
using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Dht;

/// <summary>Nodes of ours on real sockets of this machine.</summary>
public sealed class DhtLoopTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly InfoHash Torrent = new(Enumerable.Repeat((byte)7, 20).ToArray());

    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-dht-").FullName;

    private readonly List<UdpPort> _ports = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var port in _ports)
        {
            await port.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_torrent_announced_by_one_node_is_found_by_another_through_a_third()
    {
        await using var third = Start([]);
        third.Join(SearchOf(new InfoHash(new byte[20]), new TaskCompletionSource<IPEndPoint>(), port: 0), []);
        await using var owner = Start([third]);
        owner.Join(SearchOf(Torrent, new TaskCompletionSource<IPEndPoint>(), port: 4711), []);

        // The owner is done when a seeker hears of it; until then each seeker is a new one, and looks at once.
        var found = new TaskCompletionSource<IPEndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var patience = new CancellationTokenSource(Patience);
        while (!found.Task.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            await using var seeker = Start([third], saved: Path.Combine(_folder, "dht"));
            seeker.Join(SearchOf(Torrent, found, port: 0), []);
            await Task.WhenAny(found.Task, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, patience.Token));
        }

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 4711), await found.Task);
        Assert.NotEmpty((await SavedNodes.LoadAsync(Path.Combine(_folder, "dht"))).Nodes);
    }

    [Fact]
    public async Task Without_a_torrent_nobody_is_asked_or_answered()
    {
        var port = Bind();
        var heard = 0;
        var stranger = new UdpDhtWire(port, (_, _) => heard++);
        port.Add(stranger);
        await using (var idle = DhtLoop.Start(
            new DhtOptions { EntryPoints = [new PeerHint("127.0.0.1", (ushort)port.Port)] }, Bind(), new HostLookup(TimeProvider.System), TimeProvider.System, Random.Shared, NullLogger.Instance))
        {
            stranger.Send("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"u8, new IPEndPoint(IPAddress.Loopback, idle.Port));
            Assert.Equal(0, idle.Nodes);
        }

        await port.DisposeAsync();
        Assert.Equal(0, heard);
    }

    private UdpPort Bind()
    {
        var port = UdpPort.Bind(0, TimeProvider.System);
        _ports.Add(port);
        return port;
    }

    private DhtLoop Start(IEnumerable<DhtLoop> known, string? saved = null) => DhtLoop.Start(
        new DhtOptions { EntryPoints = [.. known.Select(node => new PeerHint("127.0.0.1", (ushort)node.Port))], SavedIn = saved },
        Bind(),
        new HostLookup(TimeProvider.System),
        TimeProvider.System,
        Random.Shared,
        NullLogger.Instance);

    private static DhtSearch SearchOf(InfoHash torrent, TaskCompletionSource<IPEndPoint> found, int port) =>
        new() { Torrent = torrent, Port = () => port, Found = peers => found.TrySetResult(peers[0]) };
}
