namespace BtFs.Testing.Swarms;

/// <summary>A timer in virtual time. A change makes whatever was noted before void.</summary>
internal sealed class AgendaTimer(Agenda agenda, Action fire) : ITimer
{
    private int _version;
    private TimeSpan _period;

    /// <inheritdoc/>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _version++;
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Note(dueTime);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _version++;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Note(TimeSpan dueTime)
    {
        var version = _version;
        agenda.At(agenda.Now + dueTime, () =>
        {
            if (version != _version)
            {
                return;
            }

            if (_period > TimeSpan.Zero)
            {
                Note(_period);
            }

            fire();
        });
    }
}
