namespace BtFs.Testing.Swarms;

/// <summary>One direction of a path: what goes in comes out a while later, in order.</summary>
internal sealed class DelayLine<T>(Agenda agenda, TimeSpan delay, Action<T> arrive) : IDue
{
    private readonly Queue<(TimeSpan At, T What)> _underWay = [];

    internal void Put(T what)
    {
        var at = agenda.Now + delay;
        _underWay.Enqueue((at, what));
        if (_underWay.Count == 1)
        {
            agenda.At(at, this);
        }
    }

    /// <inheritdoc/>
    public void Happen()
    {
        // Emptied before anything is noted again: what arrives may put more in.
        while (_underWay.TryPeek(out var next) && next.At <= agenda.Now)
        {
            arrive(next.What);
            _underWay.Dequeue();
        }

        if (_underWay.TryPeek(out var later))
        {
            agenda.At(later.At, this);
        }
    }
}
