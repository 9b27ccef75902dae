namespace BtFs.Engine.Picking;

/// <summary>How far a handle usually reads on from where it looks. Not thread-safe.</summary>
/// <remarks>
/// Whoever reads a record here and a record there goes on for the length of a record and no further: without this, 64 reads of 1 MiB, which the
/// kernel splits, had 147 MiB fetched.
/// </remarks>
internal sealed class RunLengths
{
    /// <summary>Runs to go by.</summary>
    internal const int Fewest = 4;

    /// <summary>Longer runs are reading on, and say nothing of where it ends.</summary>
    internal const long Longest = 4 * 1024 * 1024;

    private const int Remembered = 4;

    private readonly Queue<long> _ended = new(Remembered);

    /// <summary>A position is given up for good.</summary>
    internal void Add(long length)
    {
        if (_ended.Count == Remembered)
        {
            _ended.Dequeue();
        }

        _ended.Enqueue(length);
    }

    /// <summary>Between what lengths the last runs lie, the odd one aside; null where they are too few, or went on too far to tell.</summary>
    /// <param name="open">Bytes read at the positions that are not given up yet.</param>
    internal (long Least, long Most)? Usual(IEnumerable<long> open)
    {
        long[] lengths = [.. _ended.Concat(open).Order()];
        if (lengths.Length < Fewest)
        {
            return null;
        }

        // Two records side by side make one long run.
        var aside = lengths.Length / 4;
        var most = lengths[^(aside + 1)];
        return most <= Longest ? (lengths[aside], most) : null;
    }
}
