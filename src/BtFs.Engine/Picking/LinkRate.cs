namespace BtFs.Engine.Picking;

/// <summary>What our own link has been seen to carry, all peers together. Owned by the loop.</summary>
internal sealed class LinkRate
{
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(30);

    private long _bytes;
    private TimeSpan _since;
    private TimeSpan _turnsAt;
    private double _before;
    private double _current;

    /// <summary>The highest rate of the last minute or so, bytes per second.</summary>
    internal double Highest => Math.Max(_before, _current);

    internal void Received(int bytes) => _bytes += bytes;

    /// <summary>To be called every few hundred milliseconds.</summary>
    internal void Measure(TimeSpan now)
    {
        var elapsed = (now - _since).TotalSeconds;
        if (elapsed <= 0)
        {
            return;
        }

        if (now >= _turnsAt)
        {
            _turnsAt = now + Half;
            _before = _current;
            _current = 0;
        }

        _current = Math.Max(_current, _bytes / elapsed);
        _bytes = 0;
        _since = now;
    }
}
