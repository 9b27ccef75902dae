namespace BtFs.Engine.Dht;

/// <summary>Nodes that share a given number of bits with us: those in use, and some to take their places.</summary>
internal sealed class Bucket(int capacity)
{
    private readonly List<TableNode> _live = [];
    private readonly List<TableNode> _spare = [];

    /// <summary>Nodes in use.</summary>
    internal IReadOnlyList<TableNode> Live => _live;

    /// <summary>Nodes that wait for a place, the latest last.</summary>
    internal IReadOnlyList<TableNode> Spare => _spare;

    /// <summary>Whether one more node would be taken in at once.</summary>
    internal bool HasRoom => _live.Count < capacity || _live.Exists(node => node.IsBad);

    /// <summary>Takes a node that has answered: into use where there is room or somebody worse, else to those who wait.</summary>
    /// <returns>Who is no longer in the bucket because of it; perhaps the newcomer itself, or nobody.</returns>
    internal TableNode? Add(TableNode node)
    {
        // A second node of one owner must not get another part of what we believe.
        if (!node.IsLocal && (HasOwner(_live, node.Owner) || HasOwner(_spare, node.Owner)))
        {
            return node;
        }

        if (_live.Count < capacity)
        {
            _live.Add(node);
            return null;
        }

        var worse = _live.FindIndex(other => other.IsBad);
        if (worse < 0 && node.IsVerified)
        {
            worse = _live.FindLastIndex(other => !other.IsVerified);
        }

        if (worse >= 0)
        {
            var left = _live[worse];
            _live[worse] = node;
            return left;
        }

        _spare.Add(node);
        if (_spare.Count <= DhtLimits.Nearest)
        {
            return null;
        }

        var oldest = _spare[0];
        _spare.RemoveAt(0);
        return oldest;
    }

    /// <summary>A node was not heard: the latest who waits takes its place where it is bad.</summary>
    /// <returns>Whether the node is no longer in the bucket.</returns>
    internal bool Failed(TableNode node)
    {
        if (node.IsBad && _spare.Remove(node))
        {
            return true;
        }

        if (!node.IsBad || (_spare.Count == 0 && !node.IsGone))
        {
            return false;
        }

        Remove(node);
        return true;
    }

    /// <summary>Takes a node out; who waited longest for news comes in for it.</summary>
    internal void Remove(TableNode node)
    {
        if (!_spare.Remove(node) && _live.Remove(node) && _spare.Count > 0)
        {
            _live.Add(_spare[^1]);
            _spare.RemoveAt(_spare.Count - 1);
        }
    }

    private static bool HasOwner(List<TableNode> nodes, ulong owner) => nodes.Exists(node => !node.IsLocal && node.Owner == owner);
}
