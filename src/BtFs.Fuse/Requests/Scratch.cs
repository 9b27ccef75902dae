namespace BtFs.Fuse.Requests;

/// <summary>Buffers of one reader thread, made once.</summary>
internal sealed class Scratch
{
    /// <summary>Longest request taken, in bytes; the kernel needs room for 8 KiB and refuses what is longer with E2BIG.</summary>
    private const int RequestLength = 1 << 16;

    /// <summary>Bytes of one listing: the kernel asks for at most this much on systems with small pages, and comes back for the rest.</summary>
    private const int ListingLength = 1 << 17;

    public byte[] Request { get; } = GC.AllocateUninitializedArray<byte>(RequestLength, pinned: true);

    public byte[] Listing { get; } = GC.AllocateUninitializedArray<byte>(ListingLength, pinned: true);
}
