namespace BtFs.Testing.Swarms;

/// <summary>An agenda, as the engine sees time.</summary>
internal sealed class AgendaTime(Agenda agenda) : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => agenda.Now.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + agenda.Now;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new AgendaTimer(agenda, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }
}
