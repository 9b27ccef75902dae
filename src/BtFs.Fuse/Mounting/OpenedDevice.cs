using System.Globalization;
using BtFs.Fuse.Abi;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Fuse.Mounting;

/// <summary>A mount point <c>/dev/fd/N</c>: mount.fuse3(8) with <c>drop_privileges</c> has mounted already and left us the device as descriptor N.</summary>
internal static class OpenedDevice
{
    private const string Prefix = "/dev/fd/";

    /// <summary>Whether a mount point is meant so.</summary>
    public static bool IsNamedBy(string directory) => TryParse(directory, out _);

    /// <summary>Takes over the descriptor.</summary>
    /// <returns><see langword="null"/> if the path is an ordinary one.</returns>
    /// <exception cref="MountException">There is no such descriptor.</exception>
    public static SafeFileHandle? TryTake(string directory)
    {
        if (!TryParse(directory, out var descriptor))
        {
            return null;
        }

        var status = Libc.Control(descriptor, Libc.GetStatusFlags, 0);
        if (status < 0 || Libc.Control(descriptor, Libc.SetDescriptorFlags, Libc.DescriptorCloseOnExec) < 0)
        {
            throw new MountException(MountFailure.NoDevice, $"{directory} is not open.", "Give a directory to mount on.");
        }

        // The reader threads sleep in read(2).
        _ = Libc.Control(descriptor, Libc.SetStatusFlags, status & ~Libc.NonBlocking);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }
    private static bool TryParse(string directory, out int descriptor)
    {
        descriptor = -1;
        return directory.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(directory.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out descriptor);
    }
}
