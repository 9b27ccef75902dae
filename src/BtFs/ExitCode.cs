namespace BtFs;

/// <summary>How the program ended, for scripts. The numbers are a promise.</summary>
internal enum ExitCode
{
    /// <summary>Mounted; or, in the foreground, unmounted again.</summary>
    Ok = 0,

    /// <summary>The command line makes no sense.</summary>
    Usage = 1,

    /// <summary>The system lacks something: /dev/fuse, fusermount3, room or rights for the cache.</summary>
    System = 2,

    /// <summary>The torrent cannot be read, is invalid, or beyond a limit.</summary>
    Source = 3,

    /// <summary>The mount point cannot be used.</summary>
    MountRefused = 4,

    /// <summary>Nobody sent the torrent's description within <c>--metadata-timeout</c>.</summary>
    NoMetadata = 5,

    /// <summary>A fault of ours.</summary>
    Bug = 70,

    /// <summary>128 + SIGINT: ended by the user before there was anything to use.</summary>
    Interrupted = 130,
}
