using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache cannot be written, so verified pieces stay in memory only: {Reason}")]
    internal static partial void WriteFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache cannot be read, so pieces are fetched again: {Reason}")]
    internal static partial void ReadFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cached bytes were changed from outside; what does not match its checksum is fetched again.")]
    internal static partial void Damaged(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache may not survive a power cut: {Reason}")]
    internal static partial void SynchronizeFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache is not used: {Reason}")]
    internal static partial void NotUsed(ILogger log, string reason);

    [LoggerMessage(Message = "{Reason} So a private folder is used, which is not kept.")]
    internal static partial void PrivateFolder(ILogger log, LogLevel level, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache will not be kept: {Reason}")]
    internal static partial void NotKept(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The peers cannot be kept for the next mount: {Reason}")]
    internal static partial void PeersNotKept(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The torrent's description cannot be kept, so the next mount asks for it again: {Reason}")]
    internal static partial void MetadataNotKept(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "removed what a crashed mount left in {Folder}")]
    internal static partial void LeftoverRemoved(ILogger log, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What an earlier mount left in the cache cannot be removed: {Reason}")]
    internal static partial void CannotFree(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}, or a file beside it, is not what the torrent was made from; pieces that differ are not shared.")]
    internal static partial void SourceChanged(ILogger log, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache's disk has only {MiB} MiB free, less than --cache-min-free asks for, so verified pieces stay in memory only.")]
    internal static partial void DiskNearlyFull(ILogger log, long miB);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache's file system cannot free parts of a file, and the torrent is larger than --cache-size allows: it is kept in memory only.")]
    internal static partial void NoHoles(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache directory {Path} has no usable ledger, so other mounts are not counted towards --cache-size.")]
    internal static partial void NoLedger(ILogger log, string path);
}
