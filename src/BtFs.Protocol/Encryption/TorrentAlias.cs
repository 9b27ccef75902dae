using System.Security.Cryptography;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Encryption;

/// <summary>The name of a torrent in the handshake of Message Stream Encryption: HASH('req2', SKEY), with the infohash for SKEY.</summary>
public readonly struct TorrentAlias : IEquatable<TorrentAlias>
{
    private readonly InfoHash _bytes;

    /// <param name="bytes">20 bytes.</param>
    public TorrentAlias(ReadOnlySpan<byte> bytes) => _bytes = new InfoHash(bytes);

    /// <summary>The 20 bytes.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The alias of a torrent.</summary>
    public static TorrentAlias Of(InfoHash torrent) => new(SHA1.HashData([.. "req2"u8, .. torrent]));

    /// <inheritdoc/>
    public bool Equals(TorrentAlias other) => _bytes == other._bytes;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TorrentAlias other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _bytes.GetHashCode();
}
