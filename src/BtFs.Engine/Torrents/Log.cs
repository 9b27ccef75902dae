using System.Net;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Torrents;

/// <summary>Every message that the loop can log.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} connected ({Client})")]
    internal static partial void PeerConnected(ILogger logger, IPEndPoint address, PeerId client);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} gone: {Reason}")]
    internal static partial void PeerGone(ILogger logger, IPEndPoint address, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} not reached: {Reason}")]
    internal static partial void DialFailed(ILogger logger, IPEndPoint address, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The torrent's loop has failed: nothing more is fetched")]
    internal static partial void Failed(ILogger logger, Exception bug);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} banned: {Reason}")]
    internal static partial void Banned(ILogger logger, IPAddress address, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} is called while it calls us, at a third's word")]
    internal static partial void Punching(ILogger logger, IPEndPoint address);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} cannot be brought to call us: {Reason}")]
    internal static partial void NotPunched(ILogger logger, IPEndPoint address, HolepunchError reason);
}
