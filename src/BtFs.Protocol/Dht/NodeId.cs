using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Dht;

/// <summary>A place in the DHT's space of 160 bits: of a node, or of what nodes near it keep (BEP 5). Two places are as far apart as their XOR is large.</summary>
[InlineArray(Size)]
public struct NodeId : IEquatable<NodeId>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    /// <summary>Length in bits.</summary>
    public const int Bits = Size * 8;

    private byte _first;

    /// <summary>Takes the place from raw bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 20 bytes long.</exception>
    public NodeId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A node id has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(this);
    }

    /// <summary>The place at which a torrent's peers are kept.</summary>
    public static NodeId Of(InfoHash torrent) => new(torrent);

    /// <summary>Any place, each as likely.</summary>
    public static NodeId Any(Random random)
    {
        var id = default(NodeId);
        random.NextBytes(id);
        return id;
    }

    /// <summary>Any place that shares exactly the first <paramref name="bits"/> bits with this one.</summary>
    /// <param name="bits">0 to 159.</param>
    /// <param name="random">Chooses the rest.</param>
    public readonly NodeId Neighbour(int bits, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bits, Bits);
        var id = Any(random);
        var (whole, rest) = Math.DivRem(bits, 8);
        ((ReadOnlySpan<byte>)this)[..whole].CopyTo(id);

        // The bit behind the shared ones differs; those behind it stay random.
        var shared = 0xff << (8 - rest);
        var flipped = 0x80 >> rest;
        var others = ~(shared | flipped);
        id[whole] = (byte)((this[whole] & shared) | (~this[whole] & flipped) | (id[whole] & others));
        return id;
    }

    /// <summary>Leading bits that two places have in common, 0 to 160.</summary>
    public static int SharedBits(in NodeId left, in NodeId right)
    {
        for (var i = 0; i < Size; i++)
        {
            if (left[i] != right[i])
            {
                return (i * 8) + BitOperations.LeadingZeroCount((uint)(left[i] ^ right[i])) - 24;
            }
        }

        return Bits;
    }

    /// <summary>Which of two places is nearer to a third.</summary>
    /// <returns>Below 0 if <paramref name="left"/> is nearer, above 0 if <paramref name="right"/> is, 0 if they are the same.</returns>
    public static int CompareDistance(in NodeId target, in NodeId left, in NodeId right)
    {
        ReadOnlySpan<byte> t = target, l = left, r = right;
        for (var i = 0; i < 16; i += 8)
        {
            var aim = BinaryPrimitives.ReadUInt64BigEndian(t[i..]);
            var order = (aim ^ BinaryPrimitives.ReadUInt64BigEndian(l[i..])).CompareTo(aim ^ BinaryPrimitives.ReadUInt64BigEndian(r[i..]));
            if (order != 0)
            {
                return order;
            }
        }

        var last = BinaryPrimitives.ReadUInt32BigEndian(t[16..]);
        return (last ^ BinaryPrimitives.ReadUInt32BigEndian(l[16..])).CompareTo(last ^ BinaryPrimitives.ReadUInt32BigEndian(r[16..]));
    }

    /// <summary>Copies the 20 bytes to the front of <paramref name="destination"/>.</summary>
    public readonly void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)this).CopyTo(destination);

    /// <inheritdoc/>
    public readonly bool Equals(NodeId other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals([NotNullWhen(true)] object? obj) => obj is NodeId other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => BitConverter.ToInt32(((ReadOnlySpan<byte>)this)[8..]);

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower((ReadOnlySpan<byte>)this);

    /// <summary>Byte-wise equality.</summary>
    public static bool operator ==(NodeId left, NodeId right) => left.Equals(right);

    /// <summary>Byte-wise inequality.</summary>
    public static bool operator !=(NodeId left, NodeId right) => !left.Equals(right);
}
