namespace BtFs.Fuse;

/// <summary>Where a program writes.</summary>
/// <param name="Caller">Who writes.</param>
/// <param name="Node">The file.</param>
/// <param name="Handle">From <see cref="OpenedFile"/>.</param>
/// <param name="Offset">First byte, 0 or more; may lie past the end of the file.</param>
public readonly record struct WriteArguments(Caller Caller, NodeId Node, ulong Handle, long Offset);
