using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace BtFs.Protocol.Metainfo;

/// <summary>The 20 bytes that name a torrent on the wire: SHA-1 of the info dictionary (BEP 3), or the first 20 bytes of its SHA-256 (BEP 52).</summary>
[InlineArray(Size)]
public struct InfoHash : IEquatable<InfoHash>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private byte _first;

    /// <summary>Takes the hash from raw bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 20 bytes long.</exception>
    public InfoHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An infohash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(this);
    }

    /// <summary>The v1 hash of an info dictionary's original bytes.</summary>
    public static InfoHash OfInfo(ReadOnlySpan<byte> info)
    {
        var hash = default(InfoHash);
        SHA1.HashData(info, hash);
        return hash;
    }

    /// <summary>Copies the 20 bytes to the front of <paramref name="destination"/>.</summary>
    public readonly void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)this).CopyTo(destination);

    /// <inheritdoc/>
    public readonly bool Equals(InfoHash other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals([NotNullWhen(true)] object? obj) => obj is InfoHash other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => BitConverter.ToInt32((ReadOnlySpan<byte>)this);

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower((ReadOnlySpan<byte>)this);

    /// <summary>Byte-wise equality.</summary>
    public static bool operator ==(InfoHash left, InfoHash right) => left.Equals(right);

    /// <summary>Byte-wise inequality.</summary>
    public static bool operator !=(InfoHash left, InfoHash right) => !left.Equals(right);
}
