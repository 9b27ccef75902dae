using Microsoft.Extensions.Logging;

namespace BtFs.Engine.WebSeeds;

/// <summary>All that is logged of web seeds. They appear by their server's name only: the rest of a URL may hold a secret.</summary>
internal static partial class WebSeedLog
{
    [LoggerMessage(EventId = 420, Level = LogLevel.Debug, Message = "Web seed {Name} can be asked")]
    public static partial void Joined(ILogger log, string name);

    [LoggerMessage(EventId = 421, Level = LogLevel.Debug, Message = "Web seed {Name} is asked no more: {Reason}")]
    public static partial void Gone(ILogger log, string name, string reason);

    [LoggerMessage(EventId = 422, Level = LogLevel.Warning, Message = "Web seed {Name} banned: {Reason}")]
    public static partial void Banned(ILogger log, string name, string reason);

    [LoggerMessage(EventId = 423, Level = LogLevel.Information, Message = "Web seed {Name} failed: {Reason}; asked again in {Seconds:0} s")]
    public static partial void ServerFailed(ILogger log, string name, string reason, double seconds);

    [LoggerMessage(EventId = 424, Level = LogLevel.Information, Message = "Web seed {Name} does not give file {File} of the torrent: {Reason}; asked again in {Seconds:0} s")]
    public static partial void FileFailed(ILogger log, string name, int file, string reason, double seconds);

    [LoggerMessage(EventId = 425, Level = LogLevel.Warning, Message = "Web seed {Name} is of no use for some files: {Reason}")]
    public static partial void FileIsNotAsked(ILogger log, string name, string reason);

    [LoggerMessage(EventId = 426, Level = LogLevel.Debug, Message = "Web seed {Name} allows fewer connections: {Reason}; {Count} from now on")]
    public static partial void GivesFewer(ILogger log, string name, string reason, int count);

    [LoggerMessage(EventId = 427, Level = LogLevel.Debug, Message = "Web seed {Name}: {Reason}; going on from there")]
    public static partial void CutShort(ILogger log, string name, string reason);
}
