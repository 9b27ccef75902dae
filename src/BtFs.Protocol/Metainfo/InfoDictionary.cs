using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>What a torrent is: its files, its pieces and their hashes. The part of a .torrent that the infohash names, and that peers can send (BEP 9).</summary>
/// <remarks>
/// Checked whole when it is read, so its numbers fit together: the files laid end to end, pad files among them, are the bytes that the pieces
/// cut. Names are raw bytes, and hostile until cleaned. Immutable, so safe from any thread.
/// </remarks>
public sealed class InfoDictionary
{
    private readonly ReadOnlyMemory<byte> _pieceHashes;

    internal InfoDictionary(InfoReader reader)
    {
        Bytes = reader.Bytes;
        Name = reader.Name;
        PieceLength = reader.PieceLength;
        PieceCount = reader.PieceCount;
        TotalLength = reader.TotalLength;
        Files = reader.Files;
        IsSingleFile = reader.IsSingleFile;
        IsPrivate = reader.IsPrivate;
        HasV1 = reader.HasV1;
        HasV2 = reader.HasV2;
        _pieceHashes = reader.PieceHashes;
        InfoHashV2 = HasV2 ? Metainfo.InfoHashV2.OfInfo(Bytes.Span) : null;
        InfoHash = HasV1 ? Metainfo.InfoHash.OfInfo(Bytes.Span) : InfoHashV2!.Value.Truncated;
    }

    /// <summary>The dictionary as it was received; what the infohash is of, and what peers are sent.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The v1 infohash; for a torrent that is v2 only, the truncated v2 one.</summary>
    public InfoHash InfoHash { get; }

    /// <summary>The v2 infohash; null for a torrent that is v1 only.</summary>
    public InfoHashV2? InfoHashV2 { get; }

    /// <summary>Whether pieces have SHA-1 hashes (BEP 3). One of <see cref="HasV1"/> and <see cref="HasV2"/> is true, and for a hybrid both.</summary>
    public bool HasV1 { get; }

    /// <summary>Whether files have merkle trees (BEP 52).</summary>
    public bool HasV2 { get; }

    /// <summary>The torrent's name: the directory's, or a lone file's. The UTF-8 variant where there is one.</summary>
    public ReadOnlyMemory<byte> Name { get; }

    /// <summary>Bytes in each piece but the last; 1 KiB to 256 MiB.</summary>
    public int PieceLength { get; }

    /// <summary>1 to 2,097,152.</summary>
    public int PieceCount { get; }

    /// <summary>Bytes of all files together, pad files included; 1 to 2^50.</summary>
    public long TotalLength { get; }

    /// <summary>The files in the order of their bytes. In a v2 torrent without v1, what lies between two files is a pad file here too.</summary>
    public IReadOnlyList<TorrentFile> Files { get; }

    /// <summary>Whether the torrent is one file by its own name, rather than a directory.</summary>
    public bool IsSingleFile { get; }

    /// <summary>Whether peers may come from its trackers only (BEP 27).</summary>
    public bool IsPrivate { get; }

    /// <summary>Reads an info dictionary and checks that it makes sense.</summary>
    /// <param name="infoBytes">The bencoded dictionary and nothing behind it; kept, so it must not change.</param>
    /// <exception cref="MetainfoException">It does not; the message is for the user.</exception>
    public static InfoDictionary Parse(ReadOnlyMemory<byte> infoBytes)
    {
        if (infoBytes.Length > MetainfoLimits.MaxInfoBytes)
        {
            throw new MetainfoException($"The torrent's info has {infoBytes.Length} bytes; the limit is {MetainfoLimits.MaxInfoBytes}.");
        }

        try
        {
            return Read(BencodeDocument.Parse(infoBytes, BencodeLimits.Torrent).Root);
        }
        catch (BencodeException e)
        {
            throw new MetainfoException($"The torrent's info cannot be read: {e.Message}", e);
        }
    }

    /// <summary>SHA-1 of a piece, 20 bytes.</summary>
    /// <exception cref="InvalidOperationException">The torrent is v2 only.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such piece.</exception>
    public ReadOnlySpan<byte> PieceHash(int piece)
    {
        if (!HasV1)
        {
            throw new InvalidOperationException("A v2 torrent has no piece hashes.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(piece);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(piece, PieceCount);
        return _pieceHashes.Span.Slice(piece * Metainfo.InfoHash.Size, Metainfo.InfoHash.Size);
    }

    internal static InfoDictionary Read(BencodeValue info) => new(new InfoReader(info));
}
