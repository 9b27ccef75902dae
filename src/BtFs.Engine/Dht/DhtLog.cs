using System.Net;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Dht;

/// <summary>All that the DHT logs.</summary>
internal static partial class DhtLog
{
    [LoggerMessage(EventId = 500, Level = LogLevel.Debug, Message = "DHT: {Torrent} ({Family}): {Nodes} nodes answered, announced to {Announced}")]
    public static partial void Searched(ILogger log, InfoHash torrent, DhtFamilies family, int nodes, int announced);

    [LoggerMessage(EventId = 501, Level = LogLevel.Debug, Message = "DHT: others see us at {Address}: our place there is another one")]
    public static partial void Moved(ILogger log, IPAddress address);

    [LoggerMessage(EventId = 502, Level = LogLevel.Information, Message = "DHT: listening on UDP port {Port}, {Nodes} nodes from last time")]
    public static partial void Started(ILogger log, int port, int nodes);

    [LoggerMessage(EventId = 503, Level = LogLevel.Information, Message = "No UDP socket could be had ({Reason}): there is neither DHT nor uTP")]
    public static partial void NoSocket(ILogger log, string reason);

    [LoggerMessage(EventId = 504, Level = LogLevel.Debug, Message = "DHT: the nodes could not be written down: {Reason}")]
    public static partial void NotSaved(ILogger log, string reason);

    [LoggerMessage(EventId = 505, Level = LogLevel.Critical, Message = "The DHT's loop has failed: peers come from trackers alone")]
    public static partial void Failed(ILogger log, Exception bug);
}
