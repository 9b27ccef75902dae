namespace BtFs.Protocol.Peer;

/// <summary>How long a peer's messages may be. What a message id does not fix by itself is said here.</summary>
public sealed record FrameLimits
{
    /// <summary>Bytes of the largest block that a PIECE may carry: nobody is asked for more.</summary>
    public const int BlockBytes = 16 * 1024;

    /// <summary>Bytes of the longest message of an id that this program does not know.</summary>
    public const int UnknownMessageBytes = 1024;

    /// <summary>Pieces of the largest torrent accepted; bounds a BITFIELD while the metadata is still to come.</summary>
    public const int MaxPieces = 2_097_152;

    /// <summary>Bytes of an extended message where nothing larger is expected.</summary>
    public const int DefaultExtendedBytes = 64 * 1024;

    private const int HashBytes = 32;

    /// <summary>Before the metadata is known.</summary>
    public static FrameLimits Unknown { get; } = new();

    /// <summary>Pieces of the torrent, 1 or more; null while nobody knows. Known, a BITFIELD must have exactly one bit for each.</summary>
    public int? PieceCount { get; init; }

    /// <summary>Longest body of an extended message (BEP 10) in bytes, its extension id included. Default 64 KiB.</summary>
    public int ExtendedBytes { get; init; } = DefaultExtendedBytes;

    /// <summary>Longest message of any id, in bytes, its id included.</summary>
    internal long LongestMessage => 1 + Math.Max(ExtendedBytes, Math.Max(BitfieldRange.Longest, MessageId.Hashes.Body(this).Longest));

    /// <summary>Allowed lengths of a BITFIELD's body.</summary>
    internal BodyLength BitfieldRange =>
        PieceCount is { } count ? BodyLength.Exactly(BitfieldFormat.Bytes(count)) : new(1, BitfieldFormat.Bytes(MaxPieces));

    /// <summary>A HASHES body: 48 bytes of request echoed, then at most 512 hashes and one uncle for each level (BEP 52).</summary>
    internal static BodyLength HashesRange { get; } = new(HashRangeFormat.Bytes, HashRangeFormat.Bytes + ((512 + 32) * HashBytes));
}
