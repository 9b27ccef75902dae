namespace BtFs.Engine.PortMapping;

/// <summary>Notices from a gateway's clock that it has begun anew, and so has forgotten what it gave (RFC 6886 3.6, RFC 6887 8.5).</summary>
internal sealed class GatewayEpoch
{
    /// <summary>Seconds that its clock may be behind without a reason.</summary>
    private const int Slack = 2;

    private (uint Seconds, TimeSpan At)? _last;

    /// <summary>Its clock was read.</summary>
    /// <param name="seconds">What it showed.</param>
    /// <param name="now">Our own time, of whatever origin.</param>
    /// <returns>Whether it shows less than a clock that loses an eighth would by now.</returns>
    internal bool HasBegunAnew(uint seconds, TimeSpan now)
    {
        var least = _last is { } last ? last.Seconds + ((now - last.At).TotalSeconds * 7 / 8) - Slack : 0;
        _last = (seconds, now);
        return seconds < least;
    }
}
