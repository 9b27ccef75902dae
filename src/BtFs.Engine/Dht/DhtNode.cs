using System.Diagnostics;
using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Dht;

/// <summary>Everything mutable about our node in the DHT. One thread at a time: <see cref="DhtLoop"/>'s, or a simulation's.</summary>
internal sealed class DhtNode
{
    private static readonly TimeSpan BusyPace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IdlePace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromMinutes(1);

    private readonly DhtContext _context;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly Dictionary<DhtFamilies, DhtSide> _sides = [];
    private readonly CallerLimits _callers = new();
    private readonly AnnouncedPeers _peers;
    private readonly QueryAnswers _answers;
    /// <summary>Torrents looked for at once, and how many while peers of one are waited for.</summary>
    private const int MostSearches = 6;
    private const int MostHurried = 24;

    private readonly List<SearchClock> _searches = [];
    private TimeSpan _nextExpiry;

    /// <param name="wire">Where packets go out.</param>
    /// <param name="families">The families to take part in; a wire that cannot reach IPv6 is no reason to leave IPv4 out.</param>
    /// <param name="external">Our addresses as last known.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Chance that needs no secrecy.</param>
    /// <param name="log">Where to write.</param>
    /// <param name="votes">Where others say what our addresses are, if they are asked elsewhere, too.</param>
    internal DhtNode(
        IDhtWire wire, DhtFamilies families, IReadOnlyList<IPAddress> external, TimeProvider time, Random random, ILogger log, ExternalAddresses? votes = null)
    {
        _time = time;
        _startedAt = time.GetTimestamp();
        _context = new DhtContext(wire, new SendBudget(), new Reachability(), random, log) { Families = families, External = votes ?? new ExternalAddresses() };
        _peers = new AnnouncedPeers(random);
        _answers = new QueryAnswers(_peers, family => _sides.GetValueOrDefault(family)?.Table);
        foreach (var family in new[] { DhtFamilies.IPv4, DhtFamilies.IPv6 }.Where(family => families.HasFlag(family)))
        {
            var other = DhtFamilies.IPv4 | DhtFamilies.IPv6;
            other &= ~family;
            _sides[family] = new DhtSide(family, external.FirstOrDefault(address => CompactAddress.FamilyOf(address) == family), _context)
            {
                FoundForeign = nodes => MeetForeign(other, nodes),
                WantsForeign = () => _sides.TryGetValue(other, out var side) && side.Table.Known < DhtLimits.Nearest,
            };
        }
    }

    /// <summary>How often the node wants a <see cref="DhtEvent.Tick"/>.</summary>
    internal TimeSpan Pace => _sides.Values.Any(side => side.IsBusy) ? BusyPace : IdlePace;

    /// <summary>Nodes that answer, of both families.</summary>
    internal int Nodes => _sides.Values.Sum(side => side.Table.Count);

    /// <summary>Whether any torrent wants peers.</summary>
    internal bool HasSearches => _searches.Count > 0;

    /// <summary>Whether nobody can ask us (BEP 43).</summary>
    internal bool IsReadOnly => _context.Reachability.IsReadOnly;

    /// <summary>Our addresses as others see them.</summary>
    internal IReadOnlyList<IPAddress> External => [.. _sides.Values.Select(side => side.External).OfType<IPAddress>()];

    /// <summary>Good nodes, for the next start.</summary>
    internal IReadOnlyList<NodeContact> ToSave =>
        [.. _sides.Values.SelectMany(side => side.Table.Nodes.Where(node => !node.IsBad).Select(node => node.Contact).Take(DhtLimits.SavedNodes))];

    /// <summary>The half of a family, for tests; null where it takes no part.</summary>
    internal DhtSide? SideOf(DhtFamilies family) => _sides.GetValueOrDefault(family);

    private TimeSpan Now => _time.GetElapsedTime(_startedAt);

    /// <summary>One event, start to finish, without waiting.</summary>
    internal void Handle(DhtEvent e)
    {
        var now = Now;
        switch (e)
        {
            case DhtEvent.PacketReceived packet: OnPacket(packet.Packet, packet.From, now); break;
            case DhtEvent.NodesNamed named: OnNamed(named.Addresses, now); break;
            case DhtEvent.NodeMet met: SideOf(met.Address)?.Care.Meet(met.Address); break;
            case DhtEvent.SearchJoined joined: OnJoined(joined.Search, now); break;
            case DhtEvent.SearchLeft left: _searches.RemoveAll(clock => clock.Search.Torrent == left.Torrent); break;
            case DhtEvent.SearchHurried hurried: OnHurried(hurried.Torrent, now); break;
            case DhtEvent.PortChanged changed: OnPortChanged(changed.Torrent, now); break;
            case DhtEvent.Tick: OnTick(now); break;
            default: throw new UnreachableException($"No handler for {e}.");
        }
    }

    private void OnPacket(ReadOnlyMemory<byte> packet, IPEndPoint from, TimeSpan now)
    {
        if (from.Port == 0 || SideOf(from) is not { } side || !_callers.Allows(from, now) || !KrpcReader.TryRead(packet, out var message))
        {
            return;
        }

        switch (message)
        {
            case KrpcMessage.Query query: OnQuery(side, query, packet.Length, from, now); break;
            case KrpcMessage.Reply reply: side.OnReply(reply, from, now); break;
            case KrpcMessage.Error error: side.OnError(error, from, now); break;
            default: throw new UnreachableException($"No handler for {message}.");
        }
    }

    private void OnQuery(DhtSide side, KrpcMessage.Query query, int length, IPEndPoint from, TimeSpan now)
    {
        _context.Reachability.AskedBy(from.Address);
        if (IsReadOnly)
        {
            return;
        }

        var answer = _answers.Answer(query, length, from, now);
        if (_context.Budget.TryTake(answer.Length, isAnswer: true, now))
        {
            _context.Wire.Send(answer, from);
        }

        var contact = new NodeContact(query.Sender, from);
        if (!query.IsReadOnly)
        {
            side.Table.Asked(contact, now);
            if (side.Table.Wants(contact))
            {
                side.Care.Meet(from);
            }
        }
    }

    private void OnNamed(IReadOnlyList<IPEndPoint> addresses, TimeSpan now)
    {
        foreach (var side in _sides.Values)
        {
            side.Name([.. addresses.Where(address => CompactAddress.FamilyOf(address.Address) == side.Family)], now);
        }

        _searches.ForEach(clock => clock.NodesNamed(now));
        Search(now);
    }

    private void OnJoined(DhtSearch search, TimeSpan now)
    {
        _searches.RemoveAll(clock => clock.Search.Torrent == search.Torrent);
        _searches.Add(new SearchClock(search));
        Search(now);
    }

    private void OnHurried(InfoHash torrent, TimeSpan now)
    {
        _searches.Find(clock => clock.Search.Torrent == torrent)?.Hurry(now);
        Search(now);
    }

    private void OnPortChanged(InfoHash torrent, TimeSpan now)
    {
        _searches.Find(clock => clock.Search.Torrent == torrent)?.AnnounceAgain(now);
        Search(now);
    }

    private void OnTick(TimeSpan now)
    {
        foreach (var side in _sides.Values)
        {
            side.Tick(now);
        }

        _context.Reachability.Tick(Nodes, now);
        Search(now);
        if (now >= _nextExpiry)
        {
            _nextExpiry = now + ExpireEvery;
            _answers.Expire(now);
        }
    }

    private void Search(TimeSpan now)
    {
        var underWay = _searches.Count(clock => clock.UnderWay > 0);
        foreach (var clock in _searches.Where(clock => clock.IsDue(now)).OrderBy(clock => !clock.IsHurried).ThenBy(clock => clock.Due).ToList())
        {
            // The rest takes its turn when others are done: all share what we may send.
            if (underWay++ < (clock.IsHurried ? MostHurried : MostSearches))
            {
                Search(clock, now);
            }
        }
    }

    private void Search(SearchClock clock, TimeSpan now)
    {
        var search = clock.Search;
        var announces = clock.IsToAnnounce(now);
        clock.Started(_sides.Count, now);
        foreach (var side in _sides.Values)
        {
            if (_peers.Pick(search.Torrent, side.Family, noSeeds: false, DhtLimits.PeersInReply) is { Count: > 0 } kept)
            {
                search.Found(kept);
            }

            side.Start(new Lookup(NodeId.Of(search.Torrent), new DhtQuery.GetPeers(search.Torrent, side.Want))
            {
                Found = search.Found,
                Ended = lookup => OnSearched(side, clock, lookup, announces),
            }, now);
        }
    }

    private void OnSearched(DhtSide side, SearchClock clock, Lookup lookup, bool announces)
    {
        var nodes = lookup.ToAnnounce();
        var announced = announces && _searches.Contains(clock) ? side.Announce(nodes, clock.Search, Now) : 0;
        clock.Ended(lookup.Answers, announced >= DhtLimits.Nearest, Now);
        DhtLog.Searched(_context.Log, clock.Search.Torrent, side.Family, lookup.Answers, announced);
    }

    private void MeetForeign(DhtFamilies family, IReadOnlyList<NodeContact> nodes)
    {
        if (_sides.TryGetValue(family, out var side))
        {
            foreach (var node in nodes.Where(side.Table.Wants))
            {
                side.Care.Meet(node.Address);
            }
        }
    }

    private DhtSide? SideOf(IPEndPoint address) => _sides.GetValueOrDefault(CompactAddress.FamilyOf(address.Address));
}
