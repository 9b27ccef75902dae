using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace BtFs.Engine.Peers;

/// <summary>The socket options of Linux that .NET has no names for (tcp(7), linux/tcp.h).</summary>
internal static partial class TcpSocket
{
    // bits/socket.h: do not wait; and an error instead of a signal when the peer is gone.
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    // errno: the socket's buffer is full; a signal came first.
    private const int WouldBlock = 11;
    private const int Interrupted = 4;

    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const int TcpQuickAck = 12;
    private const int TcpNotSentLowAt = 25;

    // struct tcp_info: eight one-byte fields, then __u32 each; tcpi_rtt is the sixteenth of those, in microseconds.
    private const int RoundTripOffset = 8 + (15 * sizeof(uint));

    // What the kernel may hold unsent: little, so that a CHOKE or REQUEST of ours is soon on the wire behind it.
    private const int UnsentBytes = 16 * 1024;

    /// <summary>Sets what every peer connection wants.</summary>
    /// <exception cref="SocketException">The connection is gone already.</exception>
    internal static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        Set(socket, TcpNotSentLowAt, UnsentBytes);
    }

    /// <summary>Acknowledges what was received without the usual delay of 40 ms. Lasts until the kernel thinks otherwise: call it after each receive.</summary>
    /// <remarks>Seeds that leave Nagle's algorithm on wait for that acknowledgement: p95 of a random 64 KiB read 50 ms without this, 10 to 15 ms with it.</remarks>
    /// <exception cref="SocketException">The connection is gone.</exception>
    internal static void AcknowledgeNow(Socket socket) => Set(socket, TcpQuickAck, 1);

    /// <summary>Sends as much as the system takes at once. Must not overlap with another send.</summary>
    /// <returns>Bytes taken; 0 or more.</returns>
    /// <exception cref="SocketException">The connection is gone.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    /// <remarks>The call itself, because <see cref="Socket.Send(ReadOnlySpan{byte})"/> waits where the buffer is full, unless every call on the socket is not to.</remarks>
    internal static int SendWithoutWaiting(Socket socket, ReadOnlySpan<byte> bytes)
    {
        var sent = send(socket.SafeHandle, bytes, (nuint)bytes.Length, DontWait | NoSignal);
        if (sent >= 0)
        {
            return (int)sent;
        }

        return Marshal.GetLastPInvokeError() is WouldBlock or Interrupted ? 0 : throw new SocketException((int)SocketError.ConnectionReset);
    }

    /// <summary>The kernel's smoothed round-trip time.</summary>
    /// <exception cref="SocketException">The connection is gone.</exception>
    internal static TimeSpan? RoundTrip(Socket socket)
    {
        Span<byte> answer = stackalloc byte[RoundTripOffset + sizeof(uint)];
        if (socket.GetRawSocketOption(IpProtoTcp, TcpInfo, answer) < answer.Length)
        {
            return null;
        }

        var microseconds = MemoryMarshal.Read<uint>(answer[RoundTripOffset..]);
        return microseconds == 0 ? null : TimeSpan.FromMicroseconds(microseconds);
    }

    private static void Set(Socket socket, int option, int value) =>
        socket.SetRawSocketOption(IpProtoTcp, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeHandle socket, ReadOnlySpan<byte> bytes, nuint length, int flags);
}
