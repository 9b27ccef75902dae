namespace BtFs.Testing.Swarms.Readers;

/// <summary>How long the reads of one kind took.</summary>
internal sealed class ReadTimes
{
    private readonly List<double> _seconds = [];

    internal IReadOnlyList<double> Seconds => _seconds;

    internal void Add(TimeSpan took) => _seconds.Add(took.TotalSeconds);

    internal void AddRange(ReadTimes others) => _seconds.AddRange(others._seconds);
}
