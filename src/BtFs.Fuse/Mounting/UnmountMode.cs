namespace BtFs.Fuse.Mounting;

/// <summary>How much force an unmount may use.</summary>
public enum UnmountMode
{
    /// <summary>Only if nobody uses the file system; waiting reads go on waiting.</summary>
    Polite,

    /// <summary>Waiting reads fail with EIO, the mount leaves the tree, and who has files open keeps what is in the kernel's cache.</summary>
    Lazy,

    /// <summary>Like <see cref="Lazy"/>, and the connection is cut: everything still open fails with ENOTCONN.</summary>
    Abort,
}
