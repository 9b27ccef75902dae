using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using BtFs.Fuse.Abi;
using BtFs.Fuse.Requests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Fuse.Tests;

/// <summary>A reply as it came: the header taken apart, and the rest.</summary>
internal sealed record KernelReply(ulong Unique, Errno Error, byte[] Body)
{
    public T As<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Body);
}

/// <summary>The kernel's end of the conversation, over a socket that keeps messages whole.</summary>
internal sealed class FakeKernel : IAsyncDisposable
{
    private const int ReplyTimeoutMilliseconds = 10_000;
    private const int LongestReply = Handshake.MaxRead + 4096;

    private readonly Socket _socket;
    private ulong _lastUnique;

    public unsafe FakeKernel(FuseFileSystem fileSystem, int readers = 1, TimeProvider? timeProvider = null, ILogger? log = null, bool isWritable = false)
    {
        var ends = stackalloc int[2];
        Assert.Equal(0, Libc.SocketPair(Libc.UnixSockets, Libc.SequencedPackets | Libc.CloseOnExec, 0, ends));
        _socket = new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)) { ReceiveTimeout = ReplyTimeoutMilliseconds };
        var channel = new FuseChannel(new SafeFileHandle(ends[1], ownsHandle: true));
        var settings = new ServerSettings(readers, null, timeProvider ?? TimeProvider.System, isWritable);
        Server = new FuseServer(fileSystem, channel, settings, log ?? NullLogger.Instance);
        Server.Start();
    }

    public FuseServer Server { get; }

    /// <summary>Says whose thread asks.</summary>
    public uint ThreadId { get; set; }

    public static byte[] BytesOf<T>(T value)
        where T : unmanaged
    {
        var bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, in value);
        return bytes;
    }

    public static byte[] Name(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    public void SendRaw(ReadOnlySpan<byte> message) => _socket.Send(message);

    /// <summary>Sends a request and returns its number.</summary>
    public ulong Send(Opcode opcode, ulong node = 1, params byte[][] body)
    {
        _lastUnique += 2;
        SendRaw(Request(opcode, _lastUnique, node, body));
        return _lastUnique;
    }

    public byte[] Request(Opcode opcode, ulong unique, ulong node, params byte[][] body)
    {
        var rest = body.SelectMany(part => part).ToArray();
        var header = new RequestHeader
        {
            Length = (uint)(Unsafe.SizeOf<RequestHeader>() + rest.Length),
            Opcode = opcode,
            Unique = unique,
            Node = node,
            ThreadId = ThreadId,
        };
        return [.. BytesOf(header), .. rest];
    }

    public KernelReply Receive()
    {
        var buffer = new byte[LongestReply];
        var length = _socket.Receive(buffer);
        var header = MemoryMarshal.Read<ReplyHeader>(buffer);
        Assert.Equal((uint)length, header.Length);
        return new KernelReply(header.Unique, (Errno)(-header.NegativeErrno), buffer[Unsafe.SizeOf<ReplyHeader>()..length]);
    }

    /// <summary>Whether a reply is there to be received.</summary>
    public bool HasReply => _socket.Available > 0;

    public KernelReply Ask(Opcode opcode, ulong node = 1, params byte[][] body)
    {
        var unique = Send(opcode, node, body);
        var reply = Receive();
        Assert.Equal(unique, reply.Unique);
        return reply;
    }

    public KernelReply Read(ulong node, long offset, int size) => Ask(Opcode.Read, node, ReadRequest(offset, size));

    public static byte[] ReadRequest(long offset, int size) => BytesOf(new ReadIn { Offset = (ulong)offset, Size = (uint)size });

    public KernelReply Init(uint minor = 45, ulong flags = ulong.MaxValue, uint major = 7)
    {
        var offer = new InitIn { Major = major, Minor = minor, MaxReadahead = 131072, Flags = (uint)(flags & uint.MaxValue) };
        return minor >= 36 ? Ask(Opcode.Init, 0, BytesOf(offer), BytesOf((uint)(flags >> 32)), new byte[44]) : Ask(Opcode.Init, 0, BytesOf(offer));
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await Server.Completion.WaitAsync(Programs.Patience);
    }
}
