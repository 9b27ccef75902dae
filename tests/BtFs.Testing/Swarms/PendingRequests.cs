using BtFs.Engine.Layout;

namespace BtFs.Testing.Swarms;

/// <summary>Requests that a peer has taken and not begun to answer: these can still be cancelled.</summary>
internal sealed class PendingRequests
{
    private readonly List<BlockRef> _requests = [];
    private int _head;

    internal int Count => _requests.Count - _head;

    internal void Add(BlockRef block) => _requests.Add(block);

    /// <summary>Takes the next one to answer.</summary>
    /// <param name="chance">Picks any; null takes the oldest.</param>
    internal BlockRef Take(Random? chance)
    {
        if (chance is not null)
        {
            var any = chance.Next(_head, _requests.Count);
            (_requests[_head], _requests[any]) = (_requests[any], _requests[_head]);
        }

        var taken = _requests[_head++];
        if (_head == _requests.Count || _head == 256)
        {
            _requests.RemoveRange(0, _head);
            _head = 0;
        }

        return taken;
    }

    /// <summary>Takes a cancelled one out.</summary>
    /// <returns>False when it is not here: it is being answered, or was.</returns>
    internal bool Remove(BlockRef block)
    {
        for (var i = _head; i < _requests.Count; i++)
        {
            if (_requests[i] == block)
            {
                _requests.RemoveAt(i);
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes out all but those of some pieces.</summary>
    internal List<BlockRef> RemoveAllBut(IReadOnlySet<int> pieces)
    {
        var removed = _requests.Skip(_head).Where(block => !pieces.Contains(block.Piece.Value)).ToList();
        foreach (var block in removed)
        {
            Remove(block);
        }

        return removed;
    }
}
