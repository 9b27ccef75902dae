using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BtFs.Engine.Datagrams;

/// <summary>An address as the kernel writes it: struct sockaddr_in6, or sockaddr_in on a socket of IPv4 alone.</summary>
[InlineArray(Bytes)]
internal struct SocketName
{
    /// <summary>The longer of both, bytes.</summary>
    internal const int Bytes = 28;

    // bits/socket.h
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;

    private byte _first;

    /// <summary>The address, IPv4 as IPv6.</summary>
    internal readonly UInt128 Address
    {
        get
        {
            ReadOnlySpan<byte> bytes = this;
            return IsIPv4
                ? new UInt128(0, 0x0000_ffff_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]))
                : BinaryPrimitives.ReadUInt128BigEndian(bytes[8..]);
        }
    }

    internal readonly ushort Port => BinaryPrimitives.ReadUInt16BigEndian(((ReadOnlySpan<byte>)this)[2..]);

    /// <summary>What of it the kernel wants, bytes.</summary>
    internal readonly int Length => IsIPv4 ? 16 : Bytes;

    private readonly bool IsIPv4 => MemoryMarshal.Read<ushort>(this) == FamilyIPv4;

    /// <summary>The name of an endpoint.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="isDual">Whether the socket is one of IPv6, which writes IPv4 addresses its own way.</param>
    internal static SocketName Of(IPEndPoint address, bool isDual)
    {
        var name = default(SocketName);
        Span<byte> bytes = name;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)address.Port);
        if (isDual)
        {
            MemoryMarshal.Write(bytes, FamilyIPv6);
            var ip = address.AddressFamily == AddressFamily.InterNetwork ? address.Address.MapToIPv6() : address.Address;
            ip.TryWriteBytes(bytes[8..], out _);
            MemoryMarshal.Write(bytes[24..], (uint)ip.ScopeId);
        }
        else
        {
            MemoryMarshal.Write(bytes, FamilyIPv4);
            address.Address.MapToIPv4().TryWriteBytes(bytes[4..], out _);
        }

        return name;
    }

    /// <summary>The endpoint of that name; IPv4 addresses are such.</summary>
    internal readonly IPEndPoint ToEndPoint()
    {
        ReadOnlySpan<byte> bytes = this;
        if (IsIPv4)
        {
            return new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), Port);
        }

        var address = new IPAddress(bytes.Slice(8, 16), MemoryMarshal.Read<uint>(bytes[24..]));
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, Port);
    }
}
