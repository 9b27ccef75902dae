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

    /// <summary>Requests made for readers who wait, cancelled ones too.</summary>
    internal int Urgent { get; private set; }

    internal bool IsEmpty => _entries.Count == 0;

    internal bool Contains(BlockRef block) => _entries.ContainsKey(block);

    /// <summary>Notes a request.</summary>
    /// <param name="block">Not in the queue yet.</param>
    /// <param name="asked">When it went out, in the loop's time.</param>
    /// <param name="due">When its answer is expected.</param>
    /// <param name="isUrgent">Whether a reader waits for it.</param>
    internal void Add(BlockRef block, TimeSpan asked, TimeSpan due, bool isUrgent)
    {
        _entries.Add(block, new Entry(asked, due, isUrgent, IsCancelled: false, IsOld: false));
        Bytes += block.Length;
        Urgent += isUrgent ? 1 : 0;
    }

    /// <summary>Takes an answered request out.</summary>
    /// <param name="block">The block.</param>
    /// <param name="asked">When it went out.</param>
    /// <param name="due">When its answer was expected.</param>
    /// <returns>Whether it was there.</returns>
    internal bool Remove(BlockRef block, out TimeSpan asked, out TimeSpan due)
    {
        if (!_entries.Remove(block, out var entry))
        {
            asked = due = default;
            return false;
        }

        (asked, due) = (entry.Asked, entry.Due);
        Bytes -= block.Length;
        Urgent -= entry.IsUrgent ? 1 : 0;
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
                Remove(block, out _, out _);
                hasForgotten = true;
            }
            else if (entry.IsCancelled)
            {
                _entries[block] = entry with { IsOld = true };
            }
        }

        return hasForgotten;
    }

    /// <summary>When the answer is expected; null when there is no such request.</summary>
    internal TimeSpan? DueOf(BlockRef block) => _entries.TryGetValue(block, out var entry) ? entry.Due : null;

    /// <summary>Adds the requests that nobody waits for and that were not cancelled, the last to be answered first.</summary>
    internal void CollectAhead(List<BlockRef> into)
    {
        foreach (var (block, entry) in _entries)
        {
            if (!entry.IsUrgent && !entry.IsCancelled)
            {
                into.Add(block);
            }
        }

        into.Sort((a, b) => _entries[b].Due.CompareTo(_entries[a].Due));
    }

    /// <summary>Empties the queue and says what was in it and not cancelled.</summary>
    internal List<BlockRef> TakeAll()
    {
        var live = _entries.Where(pair => !pair.Value.IsCancelled).Select(pair => pair.Key).ToList();
        _entries.Clear();
        Bytes = 0;
        Urgent = 0;
        return live;
    }

    private readonly record struct Entry(TimeSpan Asked, TimeSpan Due, bool IsUrgent, bool IsCancelled, bool IsOld);
}
