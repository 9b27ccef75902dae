using System.Net;
using System.Security.Cryptography;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>Proofs that whoever announces has asked us before, from that address and about that place: nobody announces others (BEP 5, "token").</summary>
internal sealed class AnnounceTokens
{
    internal const int Bytes = 8;

    private byte[] _secret = NewSecret();
    private byte[] _previous = NewSecret();
    private TimeSpan _since;

    /// <summary>The token to give with an answer.</summary>
    internal byte[] For(IPAddress address, in NodeId place, TimeSpan now)
    {
        Rotate(now);
        return Make(_secret, address, place);
    }

    /// <summary>Whether we gave this token to that address for that place, 5 to 10 minutes ago at most.</summary>
    internal bool IsValid(ReadOnlySpan<byte> token, IPAddress address, in NodeId place, TimeSpan now)
    {
        Rotate(now);
        return CryptographicOperations.FixedTimeEquals(token, Make(_secret, address, place))
            || CryptographicOperations.FixedTimeEquals(token, Make(_previous, address, place));
    }

    private static byte[] NewSecret() => RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    private static byte[] Make(byte[] secret, IPAddress address, in NodeId place)
    {
        Span<byte> text = stackalloc byte[NodeId.Size + 16];
        place.CopyTo(text);
        address.TryWriteBytes(text[NodeId.Size..], out var length);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, text[..(NodeId.Size + length)], hash);
        return hash[..Bytes].ToArray();
    }

    private void Rotate(TimeSpan now)
    {
        var age = now - _since;
        if (age < DhtLimits.TokenLife)
        {
            return;
        }

        // After a long silence neither secret is of use any more.
        _previous = age < 2 * DhtLimits.TokenLife ? _secret : NewSecret();
        _secret = NewSecret();
        _since = now;
    }
}
