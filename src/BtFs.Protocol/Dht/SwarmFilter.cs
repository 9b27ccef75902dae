using System.Net;
using System.Security.Cryptography;

namespace BtFs.Protocol.Dht;

/// <summary>A Bloom filter of addresses: tells about how many there are, and joins with those of other nodes (BEP 33).</summary>
public sealed class SwarmFilter
{
    /// <summary>Length in bytes.</summary>
    public const int Bytes = 256;

    private const int Bits = Bytes * 8;

    private readonly byte[] _bits = new byte[Bytes];

    /// <summary>An empty filter.</summary>
    public SwarmFilter()
    {
    }

    /// <summary>A filter that was sent.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 256 bytes long.</exception>
    public SwarmFilter(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes)
        {
            throw new ArgumentException($"A filter has {Bytes} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(_bits);
    }

    /// <summary>The filter as it is sent.</summary>
    public ReadOnlySpan<byte> Span => _bits;

    /// <summary>About how many addresses were added. Means nothing above 6,000.</summary>
    public double Estimate
    {
        get
        {
            var zeros = 0;
            foreach (var part in _bits)
            {
                zeros += 8 - System.Numerics.BitOperations.PopCount(part);
            }

            return Math.Log(Math.Min(Bits - 1, zeros) / (double)Bits) / (2 * Math.Log(1 - (1.0 / Bits)));
        }
    }

    /// <summary>Adds an address, IPv4 or IPv6.</summary>
    public void Add(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes[..length], hash);
        Set((hash[0] | (hash[1] << 8)) % Bits);
        Set((hash[2] | (hash[3] << 8)) % Bits);
    }

    private void Set(int bit) => _bits[bit / 8] |= (byte)(1 << (bit % 8));
}
