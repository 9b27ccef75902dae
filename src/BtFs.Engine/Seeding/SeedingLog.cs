using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Seeding;

internal static partial class SeedingLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Right} of {All} pieces are here already, in the files that --seed-from names.")]
    internal static partial void LookedThrough(ILogger log, int right, int all);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} has none of the torrent's files, so everything is fetched.")]
    internal static partial void NothingThere(ILogger log, string path);
}
