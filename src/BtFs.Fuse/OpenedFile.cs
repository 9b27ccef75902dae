namespace BtFs.Fuse;

/// <summary>The answer to an open.</summary>
/// <param name="Handle">Handed back with each read, flush and release of this opening.</param>
/// <param name="KeepCache">
/// Whether bytes that the kernel already has of this node stay good. Say <see langword="true"/> for content that never changes: otherwise the kernel
/// drops its pages at each open, and waits there, unkillable, for pages that a stalled read holds.
/// </param>
public readonly record struct OpenedFile(ulong Handle, bool KeepCache = true);
