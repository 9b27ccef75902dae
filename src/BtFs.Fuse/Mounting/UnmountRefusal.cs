namespace BtFs.Fuse.Mounting;

/// <summary>Why something mounted could not be taken away.</summary>
public enum UnmountRefusal
{
    /// <summary>It was.</summary>
    None,

    /// <summary>Somebody uses it.</summary>
    Busy,

    /// <summary>This user may not.</summary>
    Denied,
}
