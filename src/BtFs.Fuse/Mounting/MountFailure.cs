namespace BtFs.Fuse.Mounting;

/// <summary>Why a mount did not come about.</summary>
public enum MountFailure
{
    /// <summary>The system has no <c>/dev/fuse</c>: the kernel module is not there.</summary>
    NoDevice,

    /// <summary><c>/dev/fuse</c> is there, but this user may not open it.</summary>
    DeviceDenied,

    /// <summary>Neither may this user mount, nor is there a <c>fusermount3</c> that could do it.</summary>
    NoHelper,

    /// <summary><c>fusermount3</c> said no; its words are in the message.</summary>
    HelperRefused,

    /// <summary>The mount point does not exist.</summary>
    MountPointMissing,

    /// <summary>The mount point is not a directory.</summary>
    NotADirectory,

    /// <summary>The mount point has something in it, and <see cref="FuseMountOptions.NonEmpty"/> was not given.</summary>
    NotEmpty,

    /// <summary>The same kind of file system is mounted there and alive.</summary>
    AlreadyMounted,

    /// <summary>A dead mount is there that this user cannot clear away.</summary>
    Stale,

    /// <summary>This user may not mount there.</summary>
    Denied,

    /// <summary><c>allow_other</c> is not permitted to ordinary users on this system.</summary>
    AllowOtherDenied,

    /// <summary>A mount option that nobody knows, or that has an impossible value.</summary>
    UnknownOption,

    /// <summary>The kernel speaks a protocol that is too old, or broke off while the mount began.</summary>
    Handshake,
}
