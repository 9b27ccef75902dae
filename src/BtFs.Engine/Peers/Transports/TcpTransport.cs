using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace BtFs.Engine.Peers.Transports;

/// <summary>A TCP connection, with the socket options of Linux that .NET has no names for (tcp(7), linux/tcp.h).</summary>
internal sealed partial class TcpTransport : IPeerTransport
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

    // tcpi_min_rtt, since Linux 4.6.
    private const int ShortestRoundTripOffset = 148;

    // What the kernel may hold unsent: little, so that a CHOKE or REQUEST of ours is soon on the wire behind it.
    private const int UnsentBytes = 16 * 1024;

    private readonly Socket _socket;

    /// <param name="socket">Connected; taken over, unless this throws.</param>
    /// <exception cref="SocketException">The connection is gone already.</exception>
    internal TcpTransport(Socket socket)
    {
        _socket = socket;
        LocalAddress = (socket.LocalEndPoint as IPEndPoint)?.Address;
        socket.NoDelay = true;
        Set(socket, TcpNotSentLowAt, UnsentBytes);
    }

    /// <inheritdoc/>
    public IPAddress? LocalAddress { get; }

    /// <inheritdoc/>
    /// <remarks>The kernel's smoothed one.</remarks>
    public TimeSpan? RoundTrip => Read(RoundTripOffset);

    /// <inheritdoc/>
    /// <remarks>The kernel's round trip above the shortest of the last five minutes.</remarks>
    public TimeSpan? Queuing => Read(RoundTripOffset) is { } usual && Read(ShortestRoundTripOffset) is { } shortest && usual > shortest ? usual - shortest : null;

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel) => _socket.ReceiveAsync(into, SocketFlags.None, cancel);

    /// <inheritdoc/>
    /// <remarks>On a stream .NET returns when all of it is sent.</remarks>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => _socket.SendAsync(bytes, SocketFlags.None, cancel);

    /// <inheritdoc/>
    /// <remarks>The call itself, because <see cref="Socket.Send(ReadOnlySpan{byte})"/> waits where the buffer is full, unless every call on the socket is not to.</remarks>
    public int SendWithoutWaiting(ReadOnlySpan<byte> bytes)
    {
        var sent = send(_socket.SafeHandle, bytes, (nuint)bytes.Length, DontWait | NoSignal);
        if (sent >= 0)
        {
            return (int)sent;
        }

        return Marshal.GetLastPInvokeError() is WouldBlock or Interrupted ? 0 : throw new SocketException((int)SocketError.ConnectionReset);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The usual delay is 40 ms, and it comes back whenever the kernel thinks so. Seeds that leave Nagle's algorithm on wait for that acknowledgement:
    /// p95 of a random 64 KiB read 50 ms without this, 10 to 15 ms with it.
    /// </remarks>
    public void AcknowledgeNow() => Set(_socket, TcpQuickAck, 1);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>A time from the kernel's account of the connection, microseconds in 32 bits; null where it has none yet.</summary>
    private TimeSpan? Read(int offset)
    {
        Span<byte> answer = stackalloc byte[ShortestRoundTripOffset + sizeof(uint)];
        if (_socket.GetRawSocketOption(IpProtoTcp, TcpInfo, answer) < offset + sizeof(uint))
        {
            return null;
        }

        var microseconds = MemoryMarshal.Read<uint>(answer[offset..]);
        return microseconds is 0 or uint.MaxValue ? null : TimeSpan.FromMicroseconds(microseconds);
    }

    private static void Set(Socket socket, int option, int value) =>
        socket.SetRawSocketOption(IpProtoTcp, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeHandle socket, ReadOnlySpan<byte> bytes, nuint length, int flags);
}
