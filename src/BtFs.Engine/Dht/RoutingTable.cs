using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>The nodes of one family that have answered us, by the bits they share with us (BEP 5, "routing table").</summary>
/// <remarks>
/// Only who has answered a query of ours gets in: an address that merely asks may be forged, and one that is merely named may be anybody's.
/// One node for each address, and in each bucket one for each network of an owner (<see cref="NodeNetwork"/>). The first buckets, which cover
/// most of the space, are larger than BEP 5 has them, as in libtorrent: lookups begin nearer to their goal.
/// </remarks>
internal sealed class RoutingTable(NodeId self)
{
    private static readonly int[] FirstBuckets = [128, 64, 32, 16];

    private readonly Bucket?[] _buckets = new Bucket?[NodeId.Bits];
    private readonly Dictionary<IPEndPoint, TableNode> _byEndPoint = [];
    private readonly Dictionary<IPAddress, int> _addresses = [];

    internal NodeId Self { get; } = self;

    /// <summary>Nodes known, those that wait for a place among them.</summary>
    internal int Known => _byEndPoint.Count;

    /// <summary>Nodes in use that are not bad.</summary>
    internal int Count => Nodes.Count(node => !node.IsBad);

    /// <summary>Buckets down to the last that holds anybody.</summary>
    internal int Depth { get; private set; }

    /// <summary>Nodes in use, bad ones too, bucket by bucket.</summary>
    internal IEnumerable<TableNode> Nodes => _buckets.Take(Depth).Where(bucket => bucket is not null).SelectMany(bucket => bucket!.Live);

    /// <summary>Whether this very node has answered us lately: then its address is no forgery.</summary>
    internal bool Knows(IPEndPoint address) => _byEndPoint.TryGetValue(address, out var node) && !node.IsBad;

    /// <summary>A node has answered a query of ours.</summary>
    internal void Answered(NodeContact contact, TimeSpan now)
    {
        if (_byEndPoint.TryGetValue(contact.Address, out var known))
        {
            if (known.Contact.Id == contact.Id)
            {
                known.Answered(now);
                return;
            }

            // Whoever changes its id wants to be everywhere. It may come back as a newcomer.
            Remove(known);
            return;
        }

        var node = new TableNode(contact, AddressScope.IsLocal(contact.Address.Address), now);
        if (contact.Id != Self && (node.IsLocal || !_addresses.ContainsKey(contact.Address.Address)))
        {
            Add(node);
        }
    }

    /// <summary>A node has asked us something.</summary>
    internal void Asked(NodeContact contact, TimeSpan now)
    {
        if (_byEndPoint.TryGetValue(contact.Address, out var known) && known.Contact.Id == contact.Id)
        {
            known.Asked(now);
        }
    }

    /// <summary>A node that we know is being asked.</summary>
    internal void Asking(IPEndPoint address, TimeSpan now)
    {
        if (_byEndPoint.TryGetValue(address, out var known))
        {
            known.LastAsked = now;
        }
    }

    /// <summary>A node did not answer.</summary>
    internal void Failed(IPEndPoint address)
    {
        if (_byEndPoint.TryGetValue(address, out var node))
        {
            node.Failed();
            if (BucketOf(node.Contact.Id)!.Failed(node))
            {
                Forget(node);
            }
        }
    }

    /// <summary>Whether a node that we only heard of would be of use if it answered.</summary>
    internal bool Wants(NodeContact contact) =>
        contact.Id != Self && !_byEndPoint.ContainsKey(contact.Address) && BucketOf(contact.Id) is not { HasRoom: false };

    /// <summary>The nodes nearest to a place: those whose ids fit their addresses, the nearest first, and only where they are too few the others.</summary>
    /// <remarks>Whoever chooses its id freely would else be the nearest to wherever it likes, and crowd all honest nodes out.</remarks>
    /// <param name="target">The place.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="withBad">Whether nodes that did not answer lately will do: to begin with, but not to be named to others.</param>
    internal List<TableNode> Nearest(in NodeId target, int count, bool withBad = false)
    {
        var found = Nearest(target, count, node => node.IsVerified && (withBad || !node.IsBad));
        if (found.Count < count)
        {
            found.AddRange(Nearest(target, count - found.Count, node => !node.IsVerified && (withBad || !node.IsBad)));
        }

        return found;
    }

    /// <summary>The node that was not asked for longest, among those that were not heard of lately or failed last time; null when all are fresh.</summary>
    internal TableNode? Stalest(TimeSpan now)
    {
        TableNode? stalest = null;
        foreach (var node in Nodes)
        {
            var isDue = node.IsQuestionable(now) || (node.Failures > 0 && now - node.LastAsked > DhtLimits.FailedAfter * (1 << node.Failures));
            if (isDue && (stalest is null || node.LastAsked < stalest.LastAsked))
            {
                stalest = node;
            }
        }

        return stalest;
    }

    private List<TableNode> Nearest(in NodeId target, int count, Func<TableNode, bool> fits)
    {
        var found = new List<TableNode>(count + FirstBuckets[0]);
        var shared = Math.Min(NodeId.SharedBits(Self, target), NodeId.Bits - 1);

        // All in the bucket of the target are nearer than all in deeper ones, and those than each bucket before it in turn.
        Take(found, shared, shared + 1, fits, target);
        Take(found, shared + 1, Depth, fits, target);
        for (var bucket = shared - 1; bucket >= 0 && found.Count < count; bucket--)
        {
            Take(found, bucket, bucket + 1, fits, target);
        }

        if (found.Count > count)
        {
            found.RemoveRange(count, found.Count - count);
        }

        return found;
    }

    private Bucket? BucketOf(in NodeId id) => _buckets[Math.Min(NodeId.SharedBits(Self, id), NodeId.Bits - 1)];

    private void Take(List<TableNode> into, int from, int to, Func<TableNode, bool> fits, NodeId target)
    {
        var start = into.Count;
        for (var i = from; i < Math.Min(to, Depth); i++)
        {
            foreach (var node in _buckets[i]?.Live ?? [])
            {
                if (fits(node))
                {
                    into.Add(node);
                }
            }
        }

        into.Sort(start, into.Count - start, Comparer<TableNode>.Create((left, right) => NodeId.CompareDistance(target, left.Contact.Id, right.Contact.Id)));
    }

    private void Add(TableNode node)
    {
        var index = Math.Min(NodeId.SharedBits(Self, node.Contact.Id), NodeId.Bits - 1);
        var bucket = _buckets[index] ??= new Bucket(index < FirstBuckets.Length ? FirstBuckets[index] : DhtLimits.Nearest);
        Depth = Math.Max(Depth, index + 1);
        _byEndPoint.Add(node.Contact.Address, node);
        var address = node.Contact.Address.Address;
        _addresses[address] = _addresses.GetValueOrDefault(address) + 1;
        if (bucket.Add(node) is { } left)
        {
            Forget(left);
        }
    }

    private void Remove(TableNode node)
    {
        BucketOf(node.Contact.Id)!.Remove(node);
        Forget(node);
    }

    private void Forget(TableNode node)
    {
        _byEndPoint.Remove(node.Contact.Address);
        var address = node.Contact.Address.Address;
        if (--_addresses[address] == 0)
        {
            _addresses.Remove(address);
        }
    }
}
