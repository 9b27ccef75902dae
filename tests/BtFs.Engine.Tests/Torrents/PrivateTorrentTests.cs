using System.Net;
using BtFs.Engine.Seeding;
using BtFs.Engine.Tests.Seeding;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>A private torrent hears of peers from its trackers, tells nobody of them, and is found nowhere else (BEP 27).</summary>
public sealed class PrivateTorrentTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_a_minute_no_peer_is_told_of_others_or_of_our_node(bool isPrivate)
    {
        var swarm = new SimulatedSwarm(new SwarmShape { IsPrivate = isPrivate });
        for (var i = 0; i < 3; i++)
        {
            var peer = swarm.Connect(new PeerBehaviour(), dialed: new IPEndPoint(new IPAddress([20, 0, 0, (byte)i]), 6881));
            peer.Say(new ExtensionHandshake { Ids = new Dictionary<string, byte> { [ExtensionNames.PeerExchange] = 7 } }.ToMessage());
            peer.Say(new PeerMessage.HaveAll());
            peer.Say(new PeerMessage.Unchoke());
        }

        swarm.For(Minute);

        var heard = swarm.Peers.SelectMany(peer => peer.Heard).ToList();
        Assert.Equal(!isPrivate, heard.OfType<PeerMessage.Extended>().Any(message => message.ExtensionId == 7));
        Assert.All(
            heard.OfType<PeerMessage.Extended>().Where(message => message.ExtensionId == 0),
            message => Assert.Equal(isPrivate, ExtensionHandshake.Read(message.Payload).Ids[ExtensionNames.PeerExchange] == 0));
        Assert.DoesNotContain(heard, message => message is PeerMessage.Port);
        swarm.Close();
    }

    [Fact]
    public async Task An_engine_has_no_DHT_node_and_is_not_on_the_local_network_for_it()
    {
        _folder.Write("film.mkv", 100_000);
        var created = await TorrentCreator.CreateAsync(
            _folder["film.mkv"], new CreationOptions { PieceLength = 64 * 1024, IsPrivate = true }, progress: null, CancellationToken.None);
        var options = new EngineOptions { CacheDirectory = null, MinPort = 0, MaxPort = 0, Dht = new DhtOptions { EntryPoints = [] }, FindsLocally = true };
        await using var engine = TorrentEngine.Start(options, TimeProvider.System, Random.Shared, NullLoggerFactory.Instance);
        await engine.Seed(new TorrentSource { InfoHash = created.Metainfo.Info.InfoHash, Info = created.Metainfo.Info }, created).Content.WaitAsync(Patience);

        Assert.Null(engine.DhtNodes);
        Assert.False(engine.IsOnLocalNetwork);
    }

    [Fact]
    public void When_a_gateway_gives_another_port_peers_hear_of_it_in_one_more_handshake()
    {
        var swarm = new SimulatedSwarm(new SwarmShape());
        var peer = swarm.Connect(new PeerBehaviour(), dialed: new IPEndPoint(new IPAddress([20, 0, 0, 1]), 6881));
        swarm.For(TimeSpan.FromSeconds(1));
        var before = Handshakes(peer);
        swarm.Post(new TorrentEvent.PortsChanged());
        swarm.For(TimeSpan.FromSeconds(1));

        Assert.Equal(before + 1, Handshakes(peer));
        swarm.Close();

        static int Handshakes(SimulatedPeer peer) => peer.Heard.Count(message => message is PeerMessage.Extended { ExtensionId: 0 });
    }
}
