using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>Keeps one side's table full and fresh: finds our own neighbourhood, fills buckets, and asks who was silent whether it is still there.</summary>
internal sealed class TableCare(DhtSide side, DhtContext context)
{
    /// <summary>Nodes to begin with that are kept in mind.</summary>
    private const int MaxEntryPoints = 256;

    /// <summary>Nodes that wait to be asked whether they are there.</summary>
    private const int MaxToCheck = 64;

    private static readonly TimeSpan OwnPlaceEvery = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(10);

    private readonly List<IPEndPoint> _entryPoints = [];
    private readonly Queue<IPEndPoint> _toCheck = [];
    private TimeSpan _nextOwnPlace;
    private TimeSpan _nextRefresh;
    private TimeSpan _pause = FirstPause;
    private TimeSpan _retry = FirstRetry;
    private bool _isLooking;

    /// <summary>Addresses at which nodes should be, for when the table has too few.</summary>
    internal IReadOnlyList<IPEndPoint> EntryPoints => _entryPoints;

    internal bool IsBusy => _toCheck.Count > 0;

    /// <summary>Addresses to begin with were named: if we know nobody yet, we begin now.</summary>
    internal void Name(IEnumerable<IPEndPoint> addresses)
    {
        foreach (var address in addresses)
        {
            if (_entryPoints.Count < MaxEntryPoints && !_entryPoints.Contains(address))
            {
                _entryPoints.Add(address);
                _retry = FirstRetry;
                _nextOwnPlace = TimeSpan.Zero;
            }
        }
    }

    /// <summary>Somebody who may be a node.</summary>
    internal void Meet(IPEndPoint address)
    {
        if (_toCheck.Count < MaxToCheck && !_toCheck.Contains(address))
        {
            _toCheck.Enqueue(address);
        }
    }

    /// <summary>Nodes were named in an answer.</summary>
    internal void Heard(IReadOnlyList<NodeContact> nodes, IPAddress teller)
    {
        foreach (var node in nodes)
        {
            if (side.Table.Wants(node) && AddressScope.MayName(teller, node.Address.Address))
            {
                Meet(node.Address);
            }
        }
    }

    /// <summary>We stand somewhere else now: who are our neighbours?</summary>
    internal void Moved() => _nextOwnPlace = TimeSpan.Zero;

    /// <summary>Time has passed.</summary>
    internal void Tick(TimeSpan now)
    {
        if (now >= _nextOwnPlace && !_isLooking)
        {
            FindOwnPlace(now);
        }

        if (!side.IsIdle || !context.Budget.IsAmple(now))
        {
            return;
        }

        if (_toCheck.TryDequeue(out var address) && !side.Table.Knows(address))
        {
            side.TryAsk(address, expected: null, new DhtQuery.Ping(), now);
        }

        if (now >= _nextRefresh)
        {
            Refresh(now);
        }
    }

    private void FindOwnPlace(TimeSpan now)
    {
        _nextOwnPlace = now + OwnPlaceEvery;
        var self = side.Table.Self;
        _isLooking = true;
        side.Start(new Lookup(self, new DhtQuery.FindNode(self, side.Want)) { Ended = lookup => OnFound(lookup.Answers, now) }, now);
    }

    private void OnFound(int answers, TimeSpan started)
    {
        _isLooking = false;
        if (answers == 0)
        {
            // Nobody there, or no line: again soon, then less and less often.
            _nextOwnPlace = started + _retry;
            _retry = TimeSpan.FromTicks(Math.Min(_retry.Ticks * 2, LastRetry.Ticks));
        }
        else
        {
            _retry = FirstRetry;
        }
    }

    /// <summary>Asks the node that was silent longest; where all were heard of lately, one that may know somebody for a bucket.</summary>
    private void Refresh(TimeSpan now)
    {
        _nextRefresh = now + _pause;
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 11 / 10, LastPause.Ticks));
        var table = side.Table;
        if (table.Stalest(now) is { } stale)
        {
            var itsBucket = Math.Min(NodeId.SharedBits(table.Self, stale.Contact.Id), NodeId.Bits - 1);
            Ask(stale, table.Self.Neighbour(itsBucket, context.Random), now);
            return;
        }

        var target = table.Self.Neighbour(context.Random.Next(Math.Min(table.Depth + 1, NodeId.Bits)), context.Random);
        if (table.Nearest(target, 1) is [var nearest])
        {
            Ask(nearest, target, now);
        }
    }

    private void Ask(TableNode node, NodeId target, TimeSpan now) =>
        side.TryAsk(node.Contact.Address, node.Contact.Id, new DhtQuery.FindNode(target, side.Want), now);
}
