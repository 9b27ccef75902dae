using BtFs.Mount.Scanning;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>What the program itself writes to its log.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} is mounted at {MountPoint}, {Files} files")]
    public static partial void Mounted(ILogger logger, string name, string mountPoint, int files);

    [LoggerMessage(Level = LogLevel.Information, Message = "a library is mounted at {MountPoint}, {Torrents} torrents")]
    public static partial void LibraryMounted(ILogger logger, string mountPoint, int torrents);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Report}")]
    public static partial void NotMounted(ILogger logger, string report);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Note}")]
    public static partial void Network(ILogger logger, string note);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Program} ({State}): {Openings} files opened, {BytesRead} bytes read, {BytesFetched} fetched for it, {Refusals} refusals")]
    private static partial void Scanned(ILogger logger, string program, ScannerState state, long openings, long bytesRead, long bytesFetched, long refusals);

    /// <summary>What each program that scans has had.</summary>
    public static void Scanned(ILogger logger, IReadOnlyList<ScannerReport> programs)
    {
        foreach (var program in programs)
        {
            Scanned(logger, program.Program, program.State, program.Openings, program.BytesRead, program.BytesFetched, program.Refusals);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "unmounted from {MountPoint}")]
    public static partial void Unmounted(ILogger logger, string mountPoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} symbolic links lead nowhere, out of the torrent or in circles, and are not shown")]
    public static partial void LinksLeftOut(ILogger logger, int count);
}
