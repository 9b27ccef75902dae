using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace BtFs.Engine.Datagrams;

/// <summary>sendmsg(2) and recvmsg(2) with many datagrams of one length at a time (UDP_SEGMENT and UDP_GRO of udp(7)), which .NET has no names for.</summary>
/// <remarks>A system call for each packet of 1,400 bytes costs more than all else that is done with it.</remarks>
internal static unsafe partial class DatagramCalls
{
    /// <summary>Datagrams in one call at most (UDP_MAX_SEGMENTS of older kernels), and their bytes.</summary>
    internal const int MaxDatagrams = 64;
    internal const int MaxBytes = 65_000;

    // linux/udp.h
    private const int SolUdp = 17;
    private const int UdpSegment = 103;
    private const int UdpGro = 104;

    // linux/in.h, linux/in6.h: fragment what is too long on its way, rather than lose it.
    private const int IpProtoIp = 0;
    private const int IpMtuDiscover = 10;
    private const int IpProtoIPv6 = 41;
    private const int IPv6MtuDiscover = 23;
    private const int DontDiscover = 0;

    // bits/socket.h
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    private const int WouldBlock = 11;
    private const int Interrupted = 4;
    private const int NoBuffers = 105;
    private const int InvalidArgument = 22;
    private const int InputOutput = 5;
    private const int MessageTooLong = 90;
    private const int NotSupported = 95;

    /// <summary>Has the kernel hand over datagrams of one sender together, where it can, and fragment what is too long.</summary>
    internal static void Prepare(Socket socket)
    {
        TrySet(socket, SolUdp, UdpGro, 1);
        TrySet(socket, IpProtoIp, IpMtuDiscover, DontDiscover);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            TrySet(socket, IpProtoIPv6, IPv6MtuDiscover, DontDiscover);
        }
    }

    /// <summary>Sends datagrams of one length to one address. Never waits.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="datagrams">One behind the other; the last may be shorter.</param>
    /// <param name="each">Bytes of each.</param>
    /// <param name="to">The address.</param>
    internal static SendOutcome Send(SafeHandle socket, ReadOnlySpan<byte> datagrams, int each, in SocketName to)
    {
        fixed (byte* bytes = datagrams)
        fixed (SocketName* name = &to)
        {
            var vector = new Vector { Start = bytes, Length = (nuint)datagrams.Length };
            var message = new Message { Name = name, NameLength = (uint)to.Length, Vectors = &vector, VectorCount = 1 };
            var control = new SegmentControl { Length = ControlHeader + sizeof(ushort), Level = SolUdp, Type = UdpSegment, Segment = (ushort)each };
            var isMany = datagrams.Length > each;
            if (isMany)
            {
                message.Control = &control;
                message.ControlLength = (nuint)sizeof(SegmentControl);
            }

            if (sendmsg(socket, &message, DontWait | NoSignal) >= 0)
            {
                return SendOutcome.Sent;
            }

            return Marshal.GetLastPInvokeError() switch
            {
                WouldBlock or Interrupted or NoBuffers => SendOutcome.Blocked,
                InvalidArgument or InputOutput or MessageTooLong or NotSupported when isMany => SendOutcome.OneByOne,

                // No route, no line: packets like any that are lost on their way.
                _ => SendOutcome.Sent,
            };
        }
    }

    /// <summary>Receives what is there. Never waits.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="into">At least 64 KiB.</param>
    /// <param name="from">The sender.</param>
    /// <param name="each">Bytes of each datagram but the last.</param>
    /// <returns>Bytes of all of them; negative when nothing is there.</returns>
    internal static int Receive(SafeHandle socket, Span<byte> into, out SocketName from, out int each)
    {
        from = default;
        fixed (byte* bytes = into)
        fixed (SocketName* name = &from)
        {
            var vector = new Vector { Start = bytes, Length = (nuint)into.Length };
            var control = default(SegmentControl);
            var message = new Message
            {
                Name = name,
                NameLength = SocketName.Bytes,
                Vectors = &vector,
                VectorCount = 1,
                Control = &control,
                ControlLength = (nuint)sizeof(SegmentControl),
            };
            var count = (int)recvmsg(socket, &message, DontWait);
            var isMany = message.ControlLength > 0 && control.Level == SolUdp && control.Type == UdpGro;
            each = isMany && control.Segment > 0 ? control.Segment : count;
            return count;
        }
    }

    private const int ControlHeader = 16;

    private static void TrySet(Socket socket, int level, int option, int value)
    {
        try
        {
            socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
        }
        catch (SocketException)
        {
            // An older kernel: slower, and no worse.
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(SafeHandle socket, Message* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(SafeHandle socket, Message* message, int flags);

    // struct iovec, struct msghdr and struct cmsghdr with its content, as 64-bit Linux has them.
    private struct Vector
    {
        internal byte* Start;
        internal nuint Length;
    }

    private struct Message
    {
        internal SocketName* Name;
        internal uint NameLength;
        internal Vector* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    private struct SegmentControl
    {
        internal nuint Length;
        internal int Level;
        internal int Type;

        // A __u16 when it is sent, an int when it is received.
        internal ushort Segment;
        internal ushort High;
        internal uint Padding;
    }
}
