using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Mounting;

/// <summary>Something mounted, most likely by another process, seen through the mount table.</summary>
public sealed class MountedPlace
{
    private const int MaxDeadMounts = 16;

    private MountedPlace(MountTableLine line) => (Directory, Type, Device) = (line.Directory, line.Type, line.Device);

    /// <summary>Where: absolute, without symbolic links.</summary>
    public string Directory { get; }

    /// <summary>Such as <c>ext4</c> or <c>fuse.btfs</c>.</summary>
    public string Type { get; }

    /// <summary>The mount's device number, <c>major:minor</c>.</summary>
    public string Device { get; }

    /// <summary>Whether its program has died, so that whoever looks gets ENOTCONN. Asks the file system: not to be called where that may hang.</summary>
    public bool IsDead
    {
        get
        {
            _ = MountPoint.KindOf(Directory, out var error);
            return error == Errno.ENOTCONN;
        }
    }

    /// <summary>What is mounted exactly there; null for nothing.</summary>
    public static MountedPlace? At(string directory) => MountTable.TopAt(MountPoint.Resolve(directory)) is { } line ? new MountedPlace(line) : null;

    /// <summary>Everything of a type.</summary>
    /// <param name="type">Such as <c>fuse.btfs</c>.</param>
    public static IReadOnlyList<MountedPlace> Of(string type) => [.. MountTable.All().Where(line => line.Type == type).Select(line => new MountedPlace(line))];

    /// <summary>Takes it away; where programs have died there before, all that is left of them too.</summary>
    /// <param name="lazily">Whether it leaves the tree though somebody uses it.</param>
    /// <param name="words">What the system said where it refused.</param>
    public UnmountRefusal Unmount(bool lazily, out string words)
    {
        var refusal = UnmountOnce(lazily, out words);
        if (refusal == UnmountRefusal.Busy && IsDead)
        {
            refusal = UnmountOnce(lazily: true, out words);
        }

        for (var i = 0; refusal == UnmountRefusal.None && i < MaxDeadMounts; i++)
        {
            if (At(Directory) is not { } below || below.Type != Type || !below.IsDead || below.UnmountOnce(lazily: true, out _) != UnmountRefusal.None)
            {
                break;
            }
        }

        return refusal;
    }

    private UnmountRefusal UnmountOnce(bool lazily, out string words)
    {
        words = "";
        var error = Libc.Unmount(Directory, Libc.UnmountNoFollow | (lazily ? Libc.UnmountDetach : 0)) < 0 ? Libc.LastError : Errno.None;
        switch (error)
        {
            case Errno.None:
                return UnmountRefusal.None;
            case Errno.EBUSY:
                return UnmountRefusal.Busy;
            case not Errno.EPERM:
                words = error.ToString();
                return UnmountRefusal.Denied;
        }

        if (HelperMount.TryUnmount(Directory, lazily, out words))
        {
            return UnmountRefusal.None;
        }

        return words.Contains("busy", StringComparison.OrdinalIgnoreCase) ? UnmountRefusal.Busy : UnmountRefusal.Denied;
    }
}
