using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>One family's half of a node (BEP 32): its id, its table, and what it asks of others. Owned by <see cref="DhtNode"/>.</summary>
internal sealed class DhtSide
{
    private const int TransactionBytes = sizeof(uint);

    private readonly DhtContext _context;
    private readonly Dictionary<uint, PendingQuery> _pending = [];
    private readonly List<Lookup> _lookups = [];
    private readonly ArrayBufferWriter<byte> _output = new(KrpcMessage.MaxSentBytes);

    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="external">Our address as last known, or null.</param>
    /// <param name="context">What both sides share.</param>
    internal DhtSide(DhtFamilies family, IPAddress? external, DhtContext context)
    {
        _context = context;
        Family = family;
        External = external;
        Table = new RoutingTable(external is null ? NodeId.Any(context.Random) : SecureNodeId.For(external, context.Random));
        Care = new TableCare(this, context);
    }

    internal DhtFamilies Family { get; }

    internal RoutingTable Table { get; private set; }

    /// <summary>What keeps the table in order.</summary>
    internal TableCare Care { get; }

    /// <summary>Our address as others see it; null while nobody has told.</summary>
    internal IPAddress? External { get; private set; }

    /// <summary>Whether something is to happen soon.</summary>
    internal bool IsBusy => _pending.Count > 0 || _lookups.Count > 0 || Care.IsBusy;

    /// <summary>Whether there is room for a query that can wait.</summary>
    internal bool IsIdle => _pending.Count < DhtLimits.Outstanding / 2;

    /// <summary>Takes nodes of the other family as they are named.</summary>
    internal Action<IReadOnlyList<NodeContact>> FoundForeign { get; init; } = static _ => { };

    /// <summary>Whether the other side could do with nodes.</summary>
    internal Func<bool> WantsForeign { get; init; } = static () => false;

    /// <summary>Families to ask nodes of; none is ours alone.</summary>
    internal DhtFamilies Want => WantsForeign() ? _context.Families : DhtFamilies.None;

    /// <summary>Starts a lookup from the nearest nodes we know, and where they are few from those that were named to us.</summary>
    internal void Start(Lookup lookup, TimeSpan now)
    {
        var known = Table.Nearest(lookup.Target, DhtLimits.Nearest * 2);
        var areFew = known.Count < DhtLimits.Nearest;
        foreach (var node in areFew ? Table.Nearest(lookup.Target, DhtLimits.Nearest * 2, withBad: true) : known)
        {
            lookup.Add(node.Contact.Address, node.Contact.Id);
        }

        if (areFew)
        {
            foreach (var address in Care.EntryPoints)
            {
                lookup.Add(address, id: null);
            }
        }

        _lookups.Add(lookup);
        Advance(now);
    }

    /// <summary>Addresses at which nodes should be, for lookups to begin with while we know few; those under way among them.</summary>
    internal void Name(IReadOnlyList<IPEndPoint> addresses, TimeSpan now)
    {
        Care.Name(addresses);
        if (Table.Known < DhtLimits.Nearest)
        {
            foreach (var lookup in _lookups)
            {
                foreach (var address in addresses)
                {
                    lookup.Add(address, id: null);
                }
            }
        }

        Care.Tick(now);
        Advance(now);
    }

    /// <summary>Asks a node something.</summary>
    /// <returns>False when nothing more is to be sent now.</returns>
    internal bool TryAsk(IPEndPoint address, NodeId? expected, DhtQuery query, TimeSpan now, Lookup? lookup = null, Candidate? candidate = null)
    {
        if (_pending.Count >= DhtLimits.Outstanding)
        {
            return false;
        }

        var transaction = NewTransaction();
        _output.ResetWrittenCount();
        KrpcWriter.Write(_output, new KrpcMessage.Query(BitConverter.GetBytes(transaction), Table.Self, query) { IsReadOnly = _context.Reachability.IsReadOnly });
        if (!_context.Budget.TryTake(_output.WrittenCount, isAnswer: false, now))
        {
            return false;
        }

        _pending.Add(transaction, new PendingQuery(address, expected, lookup, candidate, now));
        _context.Reachability.Asked(address.Address);
        Table.Asking(address, now);
        _context.Wire.Send(_output.WrittenSpan, address);
        return true;
    }

    /// <summary>Announces a torrent to the nodes that a lookup has found.</summary>
    /// <returns>To how many of them it could be sent.</returns>
    internal int Announce(IReadOnlyList<Candidate> nodes, DhtSearch search, TimeSpan now) => nodes.Count(node =>
        TryAsk(node.Address, node.Id, new DhtQuery.AnnouncePeer(search.Torrent, (ushort)search.Port(), UsesSourcePort: false, node.Token, search.IsSeed()), now));

    /// <summary>An answer came. One that nobody asked for, or from another address than was asked, is nothing.</summary>
    internal void OnReply(KrpcMessage.Reply reply, IPEndPoint from, TimeSpan now)
    {
        if (!TryTake(reply.Transaction.Span, from, out var pending))
        {
            return;
        }

        var answer = reply.Answer;
        if (pending.Expected is { } expected && expected != answer.Sender)
        {
            // Somebody else sits there, or somebody with many faces.
            Fail(pending);
        }
        else
        {
            var nodes = (Family == DhtFamilies.IPv6 ? answer.Nodes6 : answer.Nodes) ?? [];
            Table.Answered(new NodeContact(answer.Sender, from), now);
            pending.Lookup?.HasAnswered(pending.Candidate!, answer, nodes);
            Care.Heard(nodes, from.Address);
            FoundForeign((Family == DhtFamilies.IPv6 ? answer.Nodes : answer.Nodes6) ?? []);
            CountVote(from.Address, reply.YourAddress?.Address, now);
        }

        Advance(now);
    }

    /// <summary>A refusal came: the node is there, but of no use for what was asked.</summary>
    internal void OnError(KrpcMessage.Error error, IPEndPoint from, TimeSpan now)
    {
        if (TryTake(error.Transaction.Span, from, out var pending))
        {
            pending.Lookup?.HasFailed(pending.Candidate!);
            CountVote(from.Address, error.YourAddress?.Address, now);
            Advance(now);
        }
    }

    /// <summary>Somebody tells at which address it sees us.</summary>
    private void CountVote(IPAddress by, IPAddress? ours, TimeSpan now)
    {
        if (ours is not null && CompactAddress.FamilyOf(ours) == Family)
        {
            _context.External.Add(by, ours);
            FollowAddress(now);
        }
    }

    /// <summary>Our place in the DHT goes with our address (BEP 42), whoever told of it.</summary>
    private void FollowAddress(TimeSpan now)
    {
        var told = _context.External.Of(Family == DhtFamilies.IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        if (told is null || told.Equals(External))
        {
            return;
        }

        External = told;
        if (!SecureNodeId.Fits(Table.Self, External))
        {
            Move(SecureNodeId.For(External, _context.Random), now);
        }
    }

    /// <summary>Time has passed.</summary>
    internal void Tick(TimeSpan now)
    {
        foreach (var (transaction, pending) in _pending.ToList())
        {
            var age = now - pending.SentAt;
            if (age >= DhtLimits.FailedAfter)
            {
                _pending.Remove(transaction);
                Fail(pending);
            }
            else if (age >= DhtLimits.LateAfter && !pending.IsLate)
            {
                pending.IsLate = true;
                pending.Lookup?.IsLate(pending.Candidate!);
            }
        }

        FollowAddress(now);
        Advance(now);
        Care.Tick(now);
    }

    private static uint NewNumber()
    {
        // Whoever cannot read our packets must not guess it, or it could answer in the name of others.
        Span<byte> bytes = stackalloc byte[TransactionBytes];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt32(bytes);
    }

    private uint NewTransaction()
    {
        var number = NewNumber();
        while (_pending.ContainsKey(number))
        {
            number = NewNumber();
        }

        return number;
    }

    private bool TryTake(ReadOnlySpan<byte> transaction, IPEndPoint from, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PendingQuery? pending)
    {
        pending = null;
        if (transaction.Length != TransactionBytes)
        {
            return false;
        }

        var number = BitConverter.ToUInt32(transaction);
        return _pending.TryGetValue(number, out pending) && pending.Address.Equals(from) && _pending.Remove(number);
    }

    private void Fail(PendingQuery pending)
    {
        pending.Lookup?.HasFailed(pending.Candidate!);
        Table.Failed(pending.Address);
    }

    /// <summary>Asks whom the lookups want asked, and ends those that want nobody any more.</summary>
    private void Advance(TimeSpan now)
    {
        for (var i = 0; i < _lookups.Count; i++)
        {
            var lookup = _lookups[i];
            Candidate? next;
            while ((next = lookup.Next()) is not null && TryAsk(next.Address, next.Id, lookup.Query, now, lookup, next))
            {
                lookup.Asked(next);
            }

            if (next is null && lookup.UnderWay == 0)
            {
                _lookups.RemoveAt(i--);
                lookup.Ended(lookup);
            }
        }
    }

    /// <summary>Takes another place in the DHT, with all that we know.</summary>
    private void Move(NodeId id, TimeSpan now)
    {
        DhtLog.Moved(_context.Log, External!);
        var old = Table;
        Table = new RoutingTable(id);
        foreach (var node in old.Nodes.Where(node => !node.IsBad))
        {
            Table.Answered(node.Contact, now);
        }

        Care.Moved();
    }
}
