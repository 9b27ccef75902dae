using System.Net;
using BtFs.Engine.Peers;
using BtFs.Engine.WebSeeds;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Torrents;

/// <summary>Every message that the loop can log.</summary>
internal static partial class Log
{
    /// <summary>A peer or a web seed was taken in.</summary>
    internal static void Connected(ILogger logger, PeerHello hello)
    {
        if (hello.WebSeed is { } name)
        {
            WebSeedLog.Joined(logger, name);
        }
        else
        {
            PeerConnected(logger, hello.Address, hello.Id);
        }
    }

    /// <summary>It is gone.</summary>
    internal static void Gone(ILogger logger, PeerHello hello, string reason)
    {
        if (hello.WebSeed is { } name)
        {
            WebSeedLog.Gone(logger, name, reason);
        }
        else
        {
            PeerGone(logger, hello.Address, reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} connected ({Client})")]
    private static partial void PeerConnected(ILogger logger, IPEndPoint address, PeerId client);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} gone: {Reason}")]
    private static partial void PeerGone(ILogger logger, IPEndPoint address, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} not reached: {Reason}")]
    internal static partial void DialFailed(ILogger logger, IPEndPoint address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The machine or its network was away: connections are looked at, and peers called anew")]
    internal static partial void Disturbed(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Piece}: {Reason}")]
    internal static partial void Stalled(ILogger logger, string piece, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Piece} came after {Seconds:0} s")]
    internal static partial void CameAfterAll(ILogger logger, string piece, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Piece} did not come; nobody waits for it any more after {Seconds:0} s")]
    internal static partial void NotWaitedFor(ILogger logger, string piece, double seconds);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The torrent's loop has failed: nothing more is fetched")]
    internal static partial void Failed(ILogger logger, Exception bug);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} banned: {Reason}")]
    internal static partial void Banned(ILogger logger, IPAddress address, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} is called while it calls us, at a third's word")]
    internal static partial void Punching(ILogger logger, IPEndPoint address);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} cannot be brought to call us: {Reason}")]
    internal static partial void NotPunched(ILogger logger, IPEndPoint address, HolepunchError reason);
}
