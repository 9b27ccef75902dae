using BtFs.Engine.Layout;

namespace BtFs.Engine.Peers;

/// <summary>What one peer has been asked for and has not answered.</summary>
/// <remarks>
/// A cancelled request stays until its answer: the block may be on its way, and until then it fills the peer's queue (BEP 6).
/// Not every peer answers, though; <see cref="ForgetTakenBack"/> ends the wait.
/// </remarks>
internal sealed class RequestQueue
{
    private readonly Dictionary<BlockRef, Entry> _entries = [];

    internal int Count => _entries.Count;

    /// <summary>Bytes of every unanswered request, cancelled ones too.</summary>
    internal long Bytes { get; private set; }

    internal bool IsEmpty => _entries.Count == 0;

    internal bool Contains(BlockRef block) => _entries.ContainsKey(block);

    /// <summary>Notes a request.</summary>
    /// <param name="block">Not in the queue yet.</param>
    /// <param name="due">When its answer is expected, in the loop's time.</param>
    internal void Add(BlockRef block, TimeSpan due)
    {
        _entries.Add(block, new Entry(due, IsCancelled: false, IsOld: false));
        Bytes += block.Length;
    }

    /// <summary>Takes an answered request out.</summary>
    /// <returns>Whether it was there.</returns>
    internal bool Remove(BlockRef block)
    {
        if (!_entries.Remove(block))
        {
            return false;
        }

        Bytes -= block.Length;
        return true;
    }

    /// <summary>Marks a request as cancelled; false when it is unknown or already cancelled.</summary>
    internal bool MarkCancelled(BlockRef block)
    {
        if (!_entries.TryGetValue(block, out var entry) || entry.IsCancelled)
        {
            return false;
        }

        _entries[block] = entry with { IsCancelled = true };
        return true;
    }

    internal bool IsCancelled(BlockRef block) => _entries.TryGetValue(block, out var entry) && entry.IsCancelled;

    /// <summary>Takes out what was cancelled before the last call and has not been answered since. To be called at intervals.</summary>
    /// <returns>Whether there was any.</returns>
    internal bool ForgetTakenBack()
    {
        var hasForgotten = false;
        foreach (var (block, entry) in _entries)
        {
            if (entry is { IsCancelled: true, IsOld: true })
            {
                Remove(block);
                hasForgotten = true;
            }
            else if (entry.IsCancelled)
            {
                _entries[block] = entry with { IsOld = true };
            }
        }

        return hasForgotten;
    }

    /// <summary>When the answer is expected.</summary>
    internal TimeSpan DueOf(BlockRef block) => _entries[block].Due;

    /// <summary>Empties the queue and says what was in it and not cancelled.</summary>
    internal List<BlockRef> TakeAll()
    {
        var live = _entries.Where(pair => !pair.Value.IsCancelled).Select(pair => pair.Key).ToList();
        _entries.Clear();
        Bytes = 0;
        return live;
    }

    private readonly record struct Entry(TimeSpan Due, bool IsCancelled, bool IsOld);
}
