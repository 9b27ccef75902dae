namespace BtFs.Fuse;

/// <summary>Which bytes the kernel wants.</summary>
/// <param name="Caller">Who waits for them; for read-ahead, whoever set it off.</param>
/// <param name="Node">The file.</param>
/// <param name="Handle">From <see cref="OpenedFile"/>.</param>
/// <param name="Offset">First byte, 0 or more; may lie past the end of the file.</param>
/// <param name="Size">Bytes wanted, up to 1 MiB. The kernel rounds to pages, so it may reach past the end of the file.</param>
/// <param name="IsDirect">The reader opened the file with <c>O_DIRECT</c>: the kernel reads nothing ahead for it.</param>
public readonly record struct ReadArguments(Caller Caller, NodeId Node, ulong Handle, long Offset, int Size, bool IsDirect);
