using System.Net;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.LocalDiscovery;

/// <summary>All that local discovery logs.</summary>
internal static partial class LocalDiscoveryLog
{
    [LoggerMessage(EventId = 520, Level = LogLevel.Debug, Message = "Local network: announced {Torrents} torrents")]
    public static partial void Announced(ILogger log, int torrents);

    [LoggerMessage(EventId = 521, Level = LogLevel.Debug, Message = "Local network: {Peer} has {Torrents} torrents of ours")]
    public static partial void Found(ILogger log, IPEndPoint peer, int torrents);

    [LoggerMessage(EventId = 522, Level = LogLevel.Information, Message = "Local network: no socket could be had ({Reason}), so nobody is found there")]
    public static partial void NoSocket(ILogger log, string reason);

    [LoggerMessage(EventId = 523, Level = LogLevel.Critical, Message = "The loop of local discovery has failed: nobody is found there")]
    public static partial void Failed(ILogger log, Exception bug);
}
