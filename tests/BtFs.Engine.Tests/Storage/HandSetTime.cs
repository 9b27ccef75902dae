namespace BtFs.Engine.Tests.Storage;

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class HandSetTime : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    internal void Pass(TimeSpan span) => Interlocked.Add(ref _now, span.Ticks);
}
