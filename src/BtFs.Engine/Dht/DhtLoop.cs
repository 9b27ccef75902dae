using System.Net;
using System.Threading.Channels;
using BtFs.Engine.Datagrams;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Dht;

/// <summary>Owns our node in the DHT. Only <see cref="RunAsync"/> touches it, so there are no locks; everybody else posts.</summary>
/// <remarks>While no torrent wants peers there is no node: a process with nothing but private torrents sends nothing and answers nobody.</remarks>
internal sealed class DhtLoop : IAsyncDisposable
{
    /// <summary>With fewer nodes, the hosts to begin with are asked.</summary>
    private const int EnoughNodes = 8;

    private static readonly TimeSpan HopeForSaved = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(10);
    private static readonly DhtEvent Tick = new DhtEvent.Tick();

    private readonly Channel<DhtEvent> _inbox = Channel.CreateUnbounded<DhtEvent>(new() { SingleReader = true });
    private readonly DhtOptions _options;
    private readonly UdpPort _udp;
    private readonly UdpDhtWire _wire;
    private readonly HostLookup _lookup;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly ExternalAddresses? _votes;
    private readonly Task _running;
    private int _waitingPackets;
    private int _nodes;
    private volatile bool _isAlive;

    private DhtLoop(DhtOptions options, UdpPort udp, HostLookup lookup, TimeProvider time, Random random, ILogger log, ExternalAddresses? votes)
    {
        _options = options;
        _udp = udp;
        _wire = new UdpDhtWire(udp, OnPacket);
        _lookup = lookup;
        _time = time;
        _random = random;
        _log = log;
        _votes = votes;
        udp.Add(_wire);
        _running = RunAsync();
    }

    /// <summary>The UDP port.</summary>
    internal int Port => _udp.Port;

    /// <summary>Nodes that answer. Any thread may ask.</summary>
    internal int Nodes => Volatile.Read(ref _nodes);

    /// <summary>Whether there is a node at the moment. Any thread may ask.</summary>
    internal bool IsAlive => _isAlive;

    /// <summary>Takes its part of a port; what it is for begins with the first <see cref="Join"/>.</summary>
    /// <param name="options">Where to begin.</param>
    /// <param name="udp">The port; stays its owner's, who closes it later.</param>
    /// <param name="lookup">Finds hosts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Chance that needs no secrecy.</param>
    /// <param name="log">Where to write.</param>
    /// <param name="votes">Where others say what our addresses are, if they are asked elsewhere, too.</param>
    internal static DhtLoop Start(
        DhtOptions options, UdpPort udp, HostLookup lookup, TimeProvider time, Random random, ILogger log, ExternalAddresses? votes = null) =>
        new(options, udp, lookup, time, random, log, votes);

    /// <summary>A torrent wants peers, and to be found, from now on. Not to be called for a private one.</summary>
    /// <param name="search">Which.</param>
    /// <param name="nodes">Hosts of nodes that its .torrent names.</param>
    internal void Join(DhtSearch search, IReadOnlyList<PeerHint> nodes) => Post(new DhtEvent.SearchJoined(search, nodes));

    /// <summary>It does no longer.</summary>
    internal void Leave(InfoHash torrent) => Post(new DhtEvent.SearchLeft(torrent));

    /// <summary>It wants peers now.</summary>
    internal void Hurry(InfoHash torrent) => Post(new DhtEvent.SearchHurried(torrent));

    /// <summary>It is reached at another port than was announced.</summary>
    internal void AnnounceAgain(InfoHash torrent) => Post(new DhtEvent.PortChanged(torrent));

    /// <summary>A peer says that it runs a node.</summary>
    internal void Meet(IPEndPoint address) => Post(new DhtEvent.NodeMet(address));

    /// <summary>Writes the nodes down, and lets go of everything. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        _inbox.Writer.TryComplete();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _udp.Remove(_wire);
    }

    private void Post(DhtEvent e) => _inbox.Writer.TryWrite(e);

    private void OnPacket(ReadOnlyMemory<byte> packet, IPEndPoint from)
    {
        // A flood must not fill the memory while the loop is busy.
        if (Interlocked.Increment(ref _waitingPackets) > DhtLimits.WaitingPackets || !_inbox.Writer.TryWrite(new DhtEvent.PacketReceived(packet, from)))
        {
            Interlocked.Decrement(ref _waitingPackets);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _inbox.Reader.WaitToReadAsync())
            {
                // Nobody wants anything yet, or any more.
                while (TryTake(out var e))
                {
                    if (e is DhtEvent.SearchJoined joined)
                    {
                        await LiveAsync(joined);
                    }
                }
            }
        }
        catch (Exception bug) when (Tell(bug))
        {
            // Told, and on its way to whoever awaits the loop.
        }
    }

    /// <summary>Has a node for as long as a torrent wants one.</summary>
    private async Task LiveAsync(DhtEvent.SearchJoined first)
    {
        _isAlive = true;
        var started = _time.GetTimestamp();
        var saved = _options.SavedIn is { } path ? await SavedNodes.LoadAsync(path) : SavedNodes.None;
        var node = new DhtNode(_wire, _udp.Families, saved.External, _time, _random, _log, _votes);
        DhtLog.Started(_log, Port, saved.Nodes.Count);
        var entryPoints = new EntryPoints(_lookup, addresses => Post(new DhtEvent.NodesNamed(addresses)));
        entryPoints.WaitUntil(saved.Nodes.Count < EnoughNodes ? TimeSpan.Zero : HopeForSaved);
        var pace = Timeout.InfiniteTimeSpan;
        await using var timer = _time.CreateTimer(_ => Post(Tick), null, pace, pace);
        try
        {
            node.Handle(new DhtEvent.NodesNamed([.. saved.Nodes.Select(contact => contact.Address)]));
            Handle(node, first, entryPoints);
            var nextSave = SaveEvery;
            do
            {
                while (node.HasSearches && TryTake(out var e))
                {
                    Handle(node, e, entryPoints);
                }

                var now = _time.GetElapsedTime(started);
                Volatile.Write(ref _nodes, node.Nodes);
                if (node.Nodes < EnoughNodes)
                {
                    entryPoints.Ask(_options.EntryPoints, now);
                }

                if (now >= nextSave)
                {
                    nextSave = now + SaveEvery;
                    await SaveAsync(node);
                }

                if (node.Pace != pace)
                {
                    pace = node.Pace;
                    timer.Change(pace, pace);
                }
            }
            while (node.HasSearches && await _inbox.Reader.WaitToReadAsync());
        }
        finally
        {
            _isAlive = false;
            Volatile.Write(ref _nodes, 0);
            await SaveAsync(node);
            await entryPoints.EndAsync();
        }
    }

    private static void Handle(DhtNode node, DhtEvent e, EntryPoints entryPoints)
    {
        node.Handle(e);
        if (e is DhtEvent.SearchJoined { Nodes.Count: > 0 } joined)
        {
            entryPoints.Find(joined.Nodes);
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DhtEvent? e)
    {
        if (!_inbox.Reader.TryRead(out e))
        {
            return false;
        }

        if (e is DhtEvent.PacketReceived)
        {
            Interlocked.Decrement(ref _waitingPackets);
        }

        return true;
    }

    private async Task SaveAsync(DhtNode node)
    {
        // Better the nodes of last time than none: the line may be down.
        if (_options.SavedIn is not { } path || node.ToSave is not { Count: > 0 } nodes)
        {
            return;
        }

        try
        {
            await new SavedNodes(nodes, node.External).SaveAsync(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DhtLog.NotSaved(_log, e.Message);
        }
    }

    private bool Tell(Exception bug)
    {
        DhtLog.Failed(_log, bug);
        return false;
    }
}
