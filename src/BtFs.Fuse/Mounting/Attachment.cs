using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Mounting;

/// <summary>Our place in the mount table, and the ways to take it away again.</summary>
/// <param name="path">Where; <see langword="null"/> if a helper mounted it and did not say where.</param>
/// <param name="device">The mount's device number, which tells it from whatever else is mounted at the same place.</param>
internal sealed class Attachment(string? path, string? device)
{
    private const string ControlFileSystem = "/sys/fs/fuse/connections";

    /// <summary>Asks where we are mounted, without touching the mount.</summary>
    public static Attachment At(string path) => new(path, MountTable.TopAt(path)?.Device);

    /// <summary>Takes the mount out of the tree if nobody uses it.</summary>
    /// <returns><see langword="false"/> if somebody does. True also if it was gone already.</returns>
    public bool TryDetachIdle()
    {
        if (path is null || !IsOnTop())
        {
            return true;
        }

        return Unmount(path, Libc.UnmountNoFollow) switch
        {
            Errno.EPERM => HelperMount.TryUnmount(path, lazily: false) || !IsOnTop(),
            Errno.EBUSY => false,
            _ => true,
        };
    }

    /// <summary>Takes the mount out of the tree, whoever uses it.</summary>
    public void Detach()
    {
        if (path is not null && IsOnTop() && Unmount(path, Libc.UnmountNoFollow | Libc.UnmountDetach) == Errno.EPERM)
        {
            _ = HelperMount.TryUnmount(path, lazily: true);
        }
    }

    /// <summary>Cuts the connection, so that even who has files open is told, and takes the mount out of the tree.</summary>
    public void Abort()
    {
        if (path is not null && IsOnTop() && Unmount(path, Libc.UnmountNoFollow | Libc.UnmountForce | Libc.UnmountDetach) != Errno.None)
        {
            Detach();
        }

        AbortConnection();
    }

    /// <summary>Clears away a dead mount.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool TryClear(string path)
    {
        var error = Unmount(path, Libc.UnmountNoFollow | Libc.UnmountDetach);
        return error == Errno.None || (error == Errno.EPERM && HelperMount.TryUnmount(path, lazily: true));
    }

    private static Errno Unmount(string path, int flags) => Libc.Unmount(path, flags) < 0 ? Libc.LastError : Errno.None;

    private bool IsOnTop() => MountTable.TopAt(path!)?.Device == device;

    /// <summary>The kernel's own switch, where the control file system is mounted; the owner of a mount may use it.</summary>
    private void AbortConnection()
    {
        var number = device?.Split(':').LastOrDefault();
        var file = $"{ControlFileSystem}/{number}/abort";
        if (number is null || !File.Exists(file))
        {
            return;
        }

        try
        {
            File.WriteAllText(file, "1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended by itself meanwhile.
        }
    }
}
