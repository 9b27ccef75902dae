using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace BtFs.Protocol.Socks;

/// <summary>The messages of a SOCKS 5 client that asks for connections (RFC 1928), with a user name and password where wanted (RFC 1929).</summary>
/// <remarks>
/// Every reading method throws <see cref="ProtocolViolationException"/> with one phrase when the proxy refuses, or says what is no answer.
/// <code>
/// greeting → method · [login → status ·] connect → reply head, rest of the reply
/// </code>
/// </remarks>
public static class Socks5
{
    /// <summary>Length of the answer to a greeting, and to a login.</summary>
    public const int ShortReplyBytes = 2;

    /// <summary>Length of what comes after the first two bytes of a reply and tells how long the rest is.</summary>
    public const int ReplyHeadBytes = 3;

    /// <summary>The longest user name, password or host name, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = byte.MaxValue;

    private const byte Version = 5;
    private const byte LoginVersion = 1;
    private const byte NoLogin = 0;
    private const byte WithLogin = 2;
    private const byte NoMethod = 0xff;
    private const byte ConnectCommand = 1;
    private const byte IPv4 = 1;
    private const byte Name = 3;
    private const byte IPv6 = 4;
    private const int IPv4Bytes = 4;
    private const int IPv6Bytes = 16;
    private const int PortBytes = 2;

    /// <summary>The first message: how we can say who we are.</summary>
    /// <param name="hasLogin">Whether we have a name and password.</param>
    public static byte[] Greeting(bool hasLogin) => hasLogin ? [Version, 2, NoLogin, WithLogin] : [Version, 1, NoLogin];

    /// <summary>Reads the answer to a greeting.</summary>
    /// <param name="reply"><see cref="ShortReplyBytes"/> bytes.</param>
    /// <param name="hasLogin">As in the greeting.</param>
    /// <returns>Whether a login must follow.</returns>
    public static bool ReadMethod(ReadOnlySpan<byte> reply, bool hasLogin) => (reply[0], reply[1]) switch
    {
        (Version, NoLogin) => false,
        (Version, WithLogin) when hasLogin => true,
        (Version, NoMethod) => throw new ProtocolViolationException(hasLogin ? "the proxy takes no user name and password" : "the proxy wants a user name and password"),
        (Version, _) => throw new ProtocolViolationException("the proxy chose a login that was not offered"),
        _ => throw NoSocks5(),
    };

    /// <summary>A name and password; each 1 to <see cref="MaxNameBytes"/> bytes of UTF-8.</summary>
    public static byte[] Login(string user, string password) => [LoginVersion, .. Text(user), .. Text(password)];

    /// <summary>Reads the answer to a login.</summary>
    /// <param name="reply"><see cref="ShortReplyBytes"/> bytes.</param>
    public static void ReadLogin(ReadOnlySpan<byte> reply)
    {
        if (reply[1] != 0)
        {
            throw new ProtocolViolationException("the proxy does not accept the user name and password");
        }
    }

    /// <summary>Asks for a connection to an address.</summary>
    public static byte[] Connect(IPAddress address, int port)
    {
        var bytes = address.GetAddressBytes();
        return [Version, ConnectCommand, 0, bytes.Length == IPv4Bytes ? IPv4 : IPv6, .. bytes, .. Port(port)];
    }

    /// <summary>Asks for a connection to a host by its name, which the proxy looks up; 1 to <see cref="MaxNameBytes"/> bytes.</summary>
    public static byte[] Connect(string host, int port) => [Version, ConnectCommand, 0, Name, .. Text(host), .. Port(port)];

    /// <summary>Reads the first two bytes of a reply: whether there is a connection.</summary>
    public static void ReadOutcome(ReadOnlySpan<byte> reply)
    {
        if (reply[0] != Version)
        {
            throw NoSocks5();
        }

        if (reply[1] != 0)
        {
            throw new ProtocolViolationException(Refusal(reply[1]));
        }
    }

    /// <summary>Reads the next <see cref="ReplyHeadBytes"/> bytes of a reply.</summary>
    /// <returns>How many bytes are left of it; they say nothing of use.</returns>
    public static int ReadHead(ReadOnlySpan<byte> head) => head[1] switch
    {
        IPv4 => IPv4Bytes + PortBytes - 1,
        IPv6 => IPv6Bytes + PortBytes - 1,
        Name => head[2] + PortBytes,
        _ => throw NoSocks5(),
    };

    private static ProtocolViolationException NoSocks5() => new("the proxy does not speak SOCKS 5");

    private static string Refusal(byte code) => code switch
    {
        2 => "the proxy's rules forbid that connection",
        3 => "the proxy cannot reach that network",
        4 => "the proxy cannot reach that host",
        5 => "the proxy was refused the connection",
        6 => "the proxy waited too long for the connection",
        7 => "the proxy makes no connections",
        8 => "the proxy does not know that kind of address",
        _ => "the proxy has failed",
    };

    private static byte[] Port(int port)
    {
        var bytes = new byte[PortBytes];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)port);
        return bytes;
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length is > 0 and <= MaxNameBytes
            ? [(byte)bytes.Length, .. bytes]
            : throw new ArgumentException($"A name has 1 to {MaxNameBytes} bytes, not {bytes.Length}.", nameof(text));
    }
}
