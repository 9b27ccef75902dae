namespace BtFs.Engine.Reports;

/// <summary>Bytes per second over the last five seconds or so, from a total that grows. Not thread-safe.</summary>
internal sealed class RecentRate
{
    private const int Kept = 7;

    private static readonly TimeSpan MarkEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly (TimeSpan At, long Total)[] _marks = new (TimeSpan, long)[Kept];
    private int _last;

    /// <param name="now">When the total is 0.</param>
    internal RecentRate(TimeSpan now) => Array.Fill(_marks, (now, 0));

    /// <summary>The total at this moment. To be told about every second while it grows; more often costs nothing.</summary>
    internal void Reached(long total, TimeSpan now)
    {
        if (now - _marks[_last].At >= MarkEvery)
        {
            _last = (_last + 1) % Kept;
            _marks[_last] = (now, total);
        }
    }

    /// <summary>The rate at this moment.</summary>
    internal double At(long total, TimeSpan now)
    {
        var from = _marks[(_last + 1) % Kept];
        for (var i = 2; i <= Kept && now - _marks[(_last + i) % Kept].At >= Window; i++)
        {
            from = _marks[(_last + i) % Kept];
        }

        var elapsed = (now - from.At).TotalSeconds;
        return elapsed > 0 ? (total - from.Total) / elapsed : 0;
    }
}
