using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace BtFs.Protocol.Peer;

/// <summary>The 20 bytes by which a peer names itself (BEP 3, BEP 20).</summary>
[InlineArray(Size)]
public struct PeerId : IEquatable<PeerId>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private byte _first;

    /// <summary>Takes the id from raw bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 20 bytes long.</exception>
    public PeerId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A peer id has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(this);
    }

    /// <summary>An id of our own: client code <c>-BF0100-</c>, then twelve random letters and digits.</summary>
    public static PeerId New(Random random)
    {
        var id = default(PeerId);
        "-BF0100-"u8.CopyTo(id);
        random.GetItems("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8, ((Span<byte>)id)[8..]);
        return id;
    }

    /// <summary>Copies the 20 bytes to the front of <paramref name="destination"/>.</summary>
    public readonly void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)this).CopyTo(destination);

    /// <summary>Whether the id begins with a client's code, such as <c>-LT</c> (BEP 20).</summary>
    public readonly bool IsOf(ReadOnlySpan<byte> client) => ((ReadOnlySpan<byte>)this).StartsWith(client);

    /// <inheritdoc/>
    public readonly bool Equals(PeerId other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals([NotNullWhen(true)] object? obj) => obj is PeerId other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => BitConverter.ToInt32(((ReadOnlySpan<byte>)this)[^4..]);

    /// <summary>The client code where it is printable, e.g. <c>-LT2080-</c>; for logs.</summary>
    public override readonly string ToString()
    {
        var code = ((ReadOnlySpan<byte>)this)[..8];
        return code.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) ? Convert.ToHexStringLower(code) : Encoding.ASCII.GetString(code);
    }
}
