using Microsoft.Extensions.Logging;

namespace BtFs.Mount.Scanning;

/// <summary>What is written of scanners: once for each program.</summary>
internal static partial class Log
{
    public static void FirstSeen(ILogger logger, string program, ScannerState state)
    {
        switch (state)
        {
            case ScannerState.Denied:
                Denied(logger, program);
                break;
            case ScannerState.Allowed:
                Allowed(logger, program);
                break;
            default:
                Sampling(logger, program);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Program} has had {MiB} MiB fetched of {File} within the hour and gets only what is here of it (--allow-process={Program} lifts that)")]
    public static partial void FileSpent(ILogger logger, string program, long miB, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Program} reads everything, has had {MiB} MiB fetched within a minute, and for now gets only what is here (--allow-process={Program} lifts that)")]
    public static partial void SweepSpent(ILogger logger, string program, long miB);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Program} scans: it gets what it reads, within bounds, and nothing is fetched ahead of it")]
    private static partial void Sampling(ILogger logger, string program);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Program} wants to read and is denied (--deny-process)")]
    private static partial void Denied(ILogger logger, string program);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Program} reads like everybody else (--allow-process)")]
    private static partial void Allowed(ILogger logger, string program);
}
