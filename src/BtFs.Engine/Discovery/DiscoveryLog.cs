using BtFs.Protocol.Trackers;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Discovery;

/// <summary>All that discovery logs. Trackers appear by name only (<see cref="ITracker.Name"/>).</summary>
internal static partial class DiscoveryLog
{
    [LoggerMessage(EventId = 400, Level = LogLevel.Debug, Message = "{Tracker} named {Peers} peers ({Event}); next announce in {Seconds:0} s.")]
    public static partial void Announced(ILogger log, string tracker, int peers, AnnounceEvent @event, double seconds);

    [LoggerMessage(EventId = 401, Level = LogLevel.Information, Message = "{Tracker} failed ({Event}): {Reason}")]
    public static partial void Failed(ILogger log, string tracker, AnnounceEvent @event, string reason);

    [LoggerMessage(EventId = 402, Level = LogLevel.Warning, Message = "{Tracker} warns: {Warning}")]
    public static partial void Warned(ILogger log, string tracker, string warning);
}
