namespace BtFs.Fuse.Requests;

/// <summary>Buffers of one reader thread, made once.</summary>
/// <param name="isWritable">Whether a request may bring bytes to write.</param>
internal sealed class Scratch(bool isWritable)
{
    /// <summary>Longest request taken, in bytes; the kernel needs room for 8 KiB and refuses what is longer with E2BIG.</summary>
    private const int RequestLength = 1 << 16;

    /// <summary>Bytes of a WRITE around what is written, generously.</summary>
    private const int WriteHeaders = 1 << 12;

    /// <summary>Bytes of one listing: the kernel asks for at most this much on systems with small pages, and comes back for the rest.</summary>
    private const int ListingLength = 1 << 17;

    public byte[] Request { get; } =
        GC.AllocateUninitializedArray<byte>(isWritable ? Handshake.MaxWrite + WriteHeaders : RequestLength, pinned: true);

    public byte[] Listing { get; } = GC.AllocateUninitializedArray<byte>(ListingLength, pinned: true);
}
