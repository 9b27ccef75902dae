using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace BtFs.Protocol.Metainfo;

/// <summary>The 32 bytes that name a v2 torrent: SHA-256 of its info dictionary (BEP 52).</summary>
[InlineArray(Size)]
public struct InfoHashV2 : IEquatable<InfoHashV2>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private byte _first;

    /// <summary>Takes the hash from raw bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public InfoHashV2(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A v2 infohash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(this);
    }

    /// <summary>The first 20 bytes: its name where only 20 fit, as in handshakes, trackers and the DHT (BEP 52).</summary>
    public readonly InfoHash Truncated => new(((ReadOnlySpan<byte>)this)[..InfoHash.Size]);

    /// <summary>The v2 hash of an info dictionary's original bytes.</summary>
    public static InfoHashV2 OfInfo(ReadOnlySpan<byte> info)
    {
        var hash = default(InfoHashV2);
        SHA256.HashData(info, hash);
        return hash;
    }

    /// <summary>Copies the 32 bytes to the front of <paramref name="destination"/>.</summary>
    public readonly void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)this).CopyTo(destination);

    /// <inheritdoc/>
    public readonly bool Equals(InfoHashV2 other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals([NotNullWhen(true)] object? obj) => obj is InfoHashV2 other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => BitConverter.ToInt32((ReadOnlySpan<byte>)this);

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower((ReadOnlySpan<byte>)this);

    /// <summary>Byte-wise equality.</summary>
    public static bool operator ==(InfoHashV2 left, InfoHashV2 right) => left.Equals(right);

    /// <summary>Byte-wise inequality.</summary>
    public static bool operator !=(InfoHashV2 left, InfoHashV2 right) => !left.Equals(right);
}
