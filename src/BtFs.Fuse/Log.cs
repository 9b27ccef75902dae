using BtFs.Fuse.Abi;
using Microsoft.Extensions.Logging;

namespace BtFs.Fuse;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The kernel refused a reply with {Error} (request {Unique}): a bug here.")]
    public static partial void ReplyRefused(ILogger log, ulong unique, Errno error);

    [LoggerMessage(2, LogLevel.Error, "A request failed in a way the file system did not foresee; answered EIO.")]
    public static partial void Unforeseen(ILogger log, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "A request of {Length} bytes made no sense; {Opcode} answered EIO.")]
    public static partial void Malformed(ILogger log, int length, Opcode opcode);

    [LoggerMessage(4, LogLevel.Error, "Reading requests failed with {Error}; the mount ends.")]
    public static partial void DeviceFailed(ILogger log, Errno error);

    [LoggerMessage(5, LogLevel.Debug, "Protocol 7.{Minor}, reads of up to {MaxRead} bytes, read-ahead of {MaxReadahead} bytes.")]
    public static partial void Agreed(ILogger log, int minor, int maxRead, int maxReadahead);

    [LoggerMessage(6, LogLevel.Information, "Detached the dead mount at {Directory}.")]
    public static partial void StaleDetached(ILogger log, string directory);
}
