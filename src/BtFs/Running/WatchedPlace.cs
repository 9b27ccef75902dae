using BtFs.Commands;

namespace BtFs.Running;

/// <summary>What <c>--watch</c> names.</summary>
internal static class WatchedPlace
{
    /// <summary>Looks whether each can be used.</summary>
    /// <exception cref="CommandException">One cannot.</exception>
    public static void Check(MountRequest request)
    {
        foreach (var path in request.Watched)
        {
            var subject = $"--watch={path}";
            if (!Directory.Exists(path))
            {
                throw new CommandException(ExitCode.Usage, subject, "no such folder", "Name the folder into which .torrent files will come.");
            }

            // Looking at our own mount would wait for ourselves.
            if (path == request.MountPoint || path.StartsWith(request.MountPoint.TrimEnd('/') + '/', StringComparison.Ordinal))
            {
                throw new CommandException(ExitCode.Usage, subject, "lies where the library is to be mounted", "Drop .torrent files into the mount itself.");
            }
        }
    }
}
