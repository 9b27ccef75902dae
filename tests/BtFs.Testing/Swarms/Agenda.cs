namespace BtFs.Testing.Swarms;

/// <summary>Virtual time and what is to happen in it, in order; what is due at the same moment happens in the order in which it was noted.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<IDue, (long At, long Order)> _entries = new();
    private long _order;

    /// <summary>Time since the beginning.</summary>
    internal TimeSpan Now { get; private set; }

    internal bool IsEmpty => _entries.Count == 0;

    /// <summary>Moments that have come: what a run costs, whatever the machine.</summary>
    internal long Happened { get; private set; }

    /// <summary>When the next thing happens.</summary>
    internal TimeSpan Next => _entries.TryPeek(out _, out var when) ? TimeSpan.FromTicks(when.At) : TimeSpan.MaxValue;

    internal void At(TimeSpan when, IDue due) => _entries.Enqueue(due, (Math.Max(when.Ticks, Now.Ticks), _order++));

    internal void At(TimeSpan when, Action happens) => At(when, new Deed(happens));

    /// <summary>Goes to the next moment and lets everything due at it happen.</summary>
    internal void Step()
    {
        Now = Next;
        while (_entries.TryPeek(out var due, out var when) && when.At == Now.Ticks)
        {
            _entries.Dequeue();
            Happened++;
            due.Happen();
        }
    }

    /// <summary>Lets everything that is left happen.</summary>
    internal void Drain()
    {
        while (!IsEmpty)
        {
            Step();
        }
    }

    private sealed class Deed(Action happens) : IDue
    {
        public void Happen() => happens();
    }
}
