using BtFs.Commands;

namespace BtFs.Running;

/// <summary>What <c>--seed-from</c> names.</summary>
internal static class SeedFromPlace
{
    /// <summary>Looks whether it can be used.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    public static void Check(MountRequest request)
    {
        if (request.SeedFrom is not { } path)
        {
            return;
        }

        var subject = $"--seed-from={path}";
        if (!Path.Exists(path))
        {
            throw new CommandException(ExitCode.Usage, subject, "no such file or folder", "Name the folder to which another client downloads, or the torrent's own.");
        }

        // Reading ourselves would wait for ourselves.
        if (path == request.MountPoint || path.StartsWith(request.MountPoint.TrimEnd('/') + '/', StringComparison.Ordinal))
        {
            throw new CommandException(ExitCode.Usage, subject, "lies where the torrent is to be mounted", "Mount it somewhere else.");
        }
    }
}
