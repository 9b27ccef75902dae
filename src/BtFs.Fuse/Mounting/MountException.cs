namespace BtFs.Fuse.Mounting;

/// <summary>Mounting failed for a reason that somebody can do something about. The message says what is wrong, <see cref="Remedy"/> what to do.</summary>
public sealed class MountException(MountFailure failure, string what, string remedy) : Exception(what)
{
    public MountFailure Failure { get; } = failure;

    /// <summary>One sentence for whoever typed the command.</summary>
    public string Remedy { get; } = remedy;
}
