using System.Globalization;
using System.Numerics;

namespace BtFs.Protocol.Encryption;

/// <summary>The Diffie-Hellman key exchange of Message Stream Encryption: 768 bits, generator 2.</summary>
/// <remarks>
/// .NET's arithmetic takes a time that depends on the numbers. Here that is harmless: a private number is used for one connection, and what is
/// encrypted is no secret from anybody who knows the infohash and can stand in between. It hides what a connection is about, nothing more.
/// </remarks>
public static class KeyExchange
{
    /// <summary>Length of a public key and of the shared secret, in bytes.</summary>
    public const int KeyBytes = 96;

    /// <summary>Length of a private number in bytes: 160 bits, beyond which the exchange gains nothing.</summary>
    public const int PrivateBytes = 20;

    private static readonly BigInteger Prime = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
        + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563",
        NumberStyles.AllowHexSpecifier,
        CultureInfo.InvariantCulture);

    private static readonly BigInteger Generator = 2;

    /// <summary>The key to send, big-endian.</summary>
    /// <param name="privateNumber"><see cref="PrivateBytes"/> random bytes.</param>
    public static byte[] PublicKey(ReadOnlySpan<byte> privateNumber) => Power(Generator, privateNumber);

    /// <summary>What both sides know in the end, big-endian.</summary>
    /// <param name="privateNumber">Ours.</param>
    /// <param name="theirKey">Their public key.</param>
    /// <exception cref="ProtocolViolationException">No honest peer sends such a key: with it, everybody would know the secret.</exception>
    public static byte[] Secret(ReadOnlySpan<byte> privateNumber, ReadOnlySpan<byte> theirKey)
    {
        var theirs = new BigInteger(theirKey, isUnsigned: true, isBigEndian: true);
        if (theirKey.Length != KeyBytes || theirs <= BigInteger.One || theirs >= Prime - BigInteger.One)
        {
            throw new ProtocolViolationException("The other side sent a key that keeps nothing secret.");
        }

        return Power(theirs, privateNumber);
    }

    private static byte[] Power(BigInteger number, ReadOnlySpan<byte> exponent)
    {
        var power = BigInteger.ModPow(number, new BigInteger(exponent, isUnsigned: true, isBigEndian: true), Prime);
        var bytes = new byte[KeyBytes];
        power.TryWriteBytes(bytes.AsSpan(KeyBytes - power.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }
}
