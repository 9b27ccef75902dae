using System.Buffers;
using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Engine.Dht;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;
using BtFs.Testing.Swarms;

namespace BtFs.Testing.Dht;

/// <summary>A whole DHT in virtual time: real nodes of ours on an Internet of delays and losses, and others that lie.</summary>
/// <remarks>Everybody has a public address in a network of its own, and an id that fits it: liars are let into every table.</remarks>
internal sealed class SimulatedDht
{
    private const int EntryPoints = 20;

    private static readonly TimeSpan JoinWithin = TimeSpan.FromSeconds(60);

    private readonly Dictionary<IPEndPoint, ISimulatedNode> _everybody = [];
    private readonly List<HonestNode> _honest = [];
    private readonly List<LyingNode> _liars = [];

    /// <summary>Founds a DHT whose nodes join within the first minute.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="liars">Which share of them lies, 0 to 1.</param>
    /// <param name="seed">The same seed lives the same life.</param>
    internal SimulatedDht(int nodes, double liars, int seed)
    {
        Random = new Random(seed);
        Time = new AgendaTime(Agenda);
        for (var i = 0; i < nodes; i++)
        {
            // The first ones are those that everybody begins with, and not in the hands of liars.
            var address = NewAddress();
            var joins = JoinWithin * i / nodes;
            if (i >= EntryPoints && Random.NextDouble() < liars)
            {
                var liar = new LyingNode(this, address, (Lie)(_liars.Count % Enum.GetValues<Lie>().Length));
                _everybody.Add(address, liar);
                _everybody[liar.Mask.Address] = liar.Mask;
                _liars.Add(liar);
                Agenda.At(joins, liar.Join);
            }
            else
            {
                var node = new HonestNode(this, address);
                _everybody.Add(address, node);
                _honest.Add(node);
                Agenda.At(joins, node.Join);
            }
        }
    }

    internal Agenda Agenda { get; } = new();

    internal TimeProvider Time { get; }

    internal Random Random { get; }

    /// <summary>The share of packets that get lost.</summary>
    internal double Loss { get; init; } = 0.02;

    internal IReadOnlyList<HonestNode> Honest => _honest;

    internal IReadOnlyList<LyingNode> Liars => _liars;

    /// <summary>Announces that went to liars who stand where they should not.</summary>
    internal int LostAnnounces => _liars.Sum(liar => liar.Mask.Lost);

    /// <summary>Packets sent by anybody.</summary>
    internal long Packets { get; private set; }

    /// <summary>The largest number of bytes that one honest node has sent within a second.</summary>
    internal int MostInOneSecond { get; private set; }

    /// <summary>How many nodes an honest one knows, on average.</summary>
    internal double NodesKnown => _honest.Average(node => node.Node.Nodes);

    /// <summary>Addresses with which a newcomer begins.</summary>
    internal IReadOnlyList<IPEndPoint> SomeEntryPoints() => [.. Enumerable.Range(0, 3).Select(_ => _honest[Random.Next(Math.Min(EntryPoints, _honest.Count))].Address)];

    /// <summary>Somebody to talk to.</summary>
    internal IPEndPoint Anybody() => _honest[Random.Next(_honest.Count)].Address;

    /// <summary>Eight liars as if they stood right at a place.</summary>
    internal NodeContact[] Masks(NodeId place) => [.. Enumerable.Range(0, 8).Select(_ => _liars[Random.Next(_liars.Count)].Mask).Select(mask => new NodeContact(mask.Beside(place), mask.Address))];

    internal void Send(KrpcMessage message, IPEndPoint from, IPEndPoint to)
    {
        var output = new ArrayBufferWriter<byte>();
        KrpcWriter.Write(output, message);
        Send(output.WrittenSpan, from, to);
    }

    internal void Send(ReadOnlySpan<byte> packet, IPEndPoint from, IPEndPoint to)
    {
        Packets++;
        if (Random.NextDouble() >= Loss && _everybody.TryGetValue(to, out var node))
        {
            var copy = packet.ToArray();
            Agenda.At(Agenda.Now + Random.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(150)), () => node.Receive(copy, from));
        }
    }

    internal void Sent(int bytesInThisSecond) => MostInOneSecond = Math.Max(MostInOneSecond, bytesInThisSecond);

    /// <summary>Lives on for a while.</summary>
    internal void Run(TimeSpan time)
    {
        var end = Agenda.Now + time;
        while (Agenda.Next <= end)
        {
            Agenda.Step();
        }
    }

    /// <summary>Announces torrents from honest nodes, and looks for each from another one.</summary>
    /// <param name="count">How many torrents.</param>
    /// <param name="patience">How long each search may take.</param>
    /// <returns>How long each took to find who announced it; null where it never did.</returns>
    internal List<TimeSpan?> FindTorrents(int count, TimeSpan patience)
    {
        var took = new TimeSpan?[count];
        for (var i = 0; i < count; i++)
        {
            var torrent = new InfoHash(Bytes(InfoHash.Size));
            var owner = _honest[Random.Next(_honest.Count)];
            var seeker = _honest[Random.Next(_honest.Count)];
            var (index, port) = (i, 1 + Random.Next(60_000));
            Agenda.At(Agenda.Now + TimeSpan.FromSeconds(i * 0.5), () => owner.Node.Handle(new DhtEvent.SearchJoined(new DhtSearch { Torrent = torrent, Port = () => port, Found = _ => { } }, [])));
            Agenda.At(Agenda.Now + TimeSpan.FromSeconds((i * 0.5) + 60), () =>
            {
                var started = Agenda.Now;
                seeker.Node.Handle(new DhtEvent.SearchJoined(new DhtSearch
                {
                    Torrent = torrent,
                    Found = peers =>
                    {
                        if (took[index] is null && peers.Contains(new IPEndPoint(owner.Address.Address, port)) && Agenda.Now - started <= patience)
                        {
                            took[index] = Agenda.Now - started;
                        }
                    },
                }, []));
            });
        }

        Run(TimeSpan.FromSeconds((count * 0.5) + 60) + patience);
        return [.. took];
    }

    private IPEndPoint NewAddress()
    {
        while (true)
        {
            var address = new IPAddress(Bytes(4));
            var endPoint = new IPEndPoint(address, 1024 + Random.Next(60_000));
            if (!AddressScope.IsLocal(address) && !_everybody.ContainsKey(endPoint))
            {
                return endPoint;
            }
        }
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Random.NextBytes(bytes);
        return bytes;
    }
}
