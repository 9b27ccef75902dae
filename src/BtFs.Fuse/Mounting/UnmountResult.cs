namespace BtFs.Fuse.Mounting;

/// <summary>What became of an unmount.</summary>
public enum UnmountResult
{
    /// <summary>The mount is gone and the kernel has let go of it.</summary>
    Unmounted,

    /// <summary>Files are open there; the mount is untouched. Only for <see cref="UnmountMode.Polite"/>.</summary>
    Busy,

    /// <summary>The mount is gone from the tree, but somebody still holds it (an open file, or another mount namespace) and it ends with this process.</summary>
    Detached,
}
