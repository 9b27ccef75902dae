using Microsoft.Extensions.Logging;

namespace BtFs.Libraries;

/// <summary>What a library writes to the log.</summary>
internal static partial class LibraryLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} is there, {Files} files")]
    public static partial void Added(ILogger logger, string name, int files);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} was removed")]
    public static partial void Removed(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} was not taken: {Reason}")]
    public static partial void Refused(ILogger logger, string what, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is left alone: {Reason}")]
    public static partial void Damaged(ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} will be forgotten at the next start: {Reason}")]
    public static partial void NotRemembered(ILogger logger, string what, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} symbolic links of {Name} lead nowhere, out of the torrent or in circles, and are not shown")]
    public static partial void LinksLeftOut(ILogger logger, string name, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Name} has come to a stop by a fault of btfs, please report it")]
    public static partial void Broken(ILogger logger, Exception exception, string name);
}
