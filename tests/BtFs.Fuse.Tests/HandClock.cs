namespace BtFs.Fuse.Tests;

/// <summary>A clock that moves only when a test moves it.</summary>
internal sealed class HandClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<HandTimer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.Ticks + 1;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Moves on and runs what falls due, on this thread.</summary>
    public void Advance(TimeSpan by)
    {
        List<HandTimer> due;
        lock (_gate)
        {
            _now += by;
            due = _timers.Where(timer => timer.TryFire(_now)).ToList();
        }

        due.ForEach(timer => timer.Run());
    }

    private sealed class HandTimer(HandClock clock, Action run) : ITimer
    {
        private TimeSpan? _due;

        public Action Run { get; } = run;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                return true;
            }
        }

        public bool TryFire(TimeSpan now)
        {
            var fires = _due <= now;
            _due = fires ? null : _due;
            return fires;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
