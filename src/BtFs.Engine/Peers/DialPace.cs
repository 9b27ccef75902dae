namespace BtFs.Engine.Peers;

/// <summary>How many dials one torrent may start, in the loop's time. Owned by the loop.</summary>
/// <remarks>
/// In the long run the rate is what home routers survive: each remembers a call that nobody answers for about two minutes. A burst is
/// a small part of what they hold, but it is kept for readers who wait: others leave <see cref="PeerLimits.DialReserve"/> of it.
/// </remarks>
internal sealed class DialPace
{
    private double _tokens = PeerLimits.DialBurst;
    private TimeSpan _filledAt;

    /// <summary>Dials that may start now.</summary>
    internal int Left(TimeSpan now, bool isEager)
    {
        _tokens = Math.Min(PeerLimits.DialBurst, _tokens + ((now - _filledAt).TotalSeconds * PeerLimits.DialRate));
        _filledAt = now;
        return (int)Math.Max(0, _tokens - (isEager ? 0 : PeerLimits.DialReserve));
    }

    internal void Spend() => _tokens--;
}
