namespace BtFs.Fuse;

/// <summary>The answer to an open.</summary>
/// <param name="Handle">Handed back with each read, flush and release of this opening.</param>
/// <param name="KeepCache">
/// Whether bytes that the kernel already has of this node stay good. Say <see langword="true"/> for content that never changes: otherwise the kernel
/// drops its pages at each open, and waits there, unkillable, for pages that a stalled read holds.
/// </param>
/// <param name="IsDirect">
/// The kernel keeps no bytes of this opening and reads nothing ahead: each read comes as the program makes it, past the size told too, and a short
/// answer is the end for that read alone. For content whose length is not known beforehand. Such a file cannot be mapped shared.
/// </param>
public readonly record struct OpenedFile(ulong Handle, bool KeepCache = true, bool IsDirect = false);
