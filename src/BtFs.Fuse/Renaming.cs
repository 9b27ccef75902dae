namespace BtFs.Fuse;

/// <summary>A name to be changed, or moved to another directory.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Parent">The directory it is in.</param>
/// <param name="Name">One path component.</param>
/// <param name="NewParent">The directory it is to be in.</param>
/// <param name="NewName">What it is to be called there.</param>
/// <param name="MayReplace">Whether what has that name is to go.</param>
public sealed record Renaming(
    Caller Caller, NodeId Parent, ReadOnlyMemory<byte> Name, NodeId NewParent, ReadOnlyMemory<byte> NewName, bool MayReplace);
