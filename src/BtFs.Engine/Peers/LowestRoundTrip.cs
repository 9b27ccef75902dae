namespace BtFs.Engine.Peers;

/// <summary>The shortest round trip of the last minute or so: the path itself, without what our own requests queue on it.</summary>
/// <remarks>Depth follows from it. Were it the average, a queue of our making would look like distance, and ask for a longer queue.</remarks>
internal sealed class LowestRoundTrip
{
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(30);

    private TimeSpan _before = TimeSpan.MaxValue;
    private TimeSpan _current = TimeSpan.MaxValue;
    private TimeSpan _turnsAt;

    /// <summary>Null until something was measured.</summary>
    internal TimeSpan? Value => (_before < _current ? _before : _current) is var lowest && lowest < TimeSpan.MaxValue ? lowest : null;

    internal void Add(TimeSpan sample, TimeSpan now)
    {
        if (now >= _turnsAt)
        {
            _turnsAt = now + Half;
            _before = _current;
            _current = sample;
        }
        else if (sample < _current)
        {
            _current = sample;
        }
    }
}
