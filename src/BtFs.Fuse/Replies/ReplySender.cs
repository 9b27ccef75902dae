using System.Buffers;
using System.Runtime.CompilerServices;
using BtFs.Fuse.Abi;
using Microsoft.Extensions.Logging;

namespace BtFs.Fuse.Replies;

/// <summary>Writes replies to the kernel, each in one call. Safe to use from any thread.</summary>
internal sealed unsafe class ReplySender(FuseChannel channel, ILogger log)
{
    public void Error(ulong unique, Errno error) => Send(unique, error, default);

    public void Value<T>(ulong unique, in T value)
        where T : unmanaged
    {
        fixed (T* start = &value)
        {
            Send(unique, Errno.None, new ReadOnlySpan<byte>(start, sizeof(T)));
        }
    }

    public void Bytes(ulong unique, ReadOnlySpan<byte> body) => Send(unique, Errno.None, body);

    /// <summary>Sends what a read collected. The reply keeps its leases; clearing it is up to the caller.</summary>
    public void Read(ulong unique, ReadReply reply)
    {
        if (reply.Error != Errno.None)
        {
            Error(unique, reply.Error);
        }
        else if (reply.Segments.Length < IoVector.MaxParts)
        {
            SendSegments(unique, reply);
        }
        else
        {
            SendCopied(unique, reply);
        }
    }

    private static ReplyHeader Header(ulong unique, Errno error, int bodyLength) => new()
    {
        Length = (uint)(sizeof(ReplyHeader) + bodyLength),
        NegativeErrno = -(int)error,
        Unique = unique,
    };

    private void Send(ulong unique, Errno error, ReadOnlySpan<byte> body)
    {
        var header = Header(unique, error, body.Length);
        fixed (byte* start = body)
        {
            var parts = stackalloc IoVector[] { new(&header, (nuint)sizeof(ReplyHeader)), new(start, (nuint)body.Length) };
            Write(unique, new ReadOnlySpan<IoVector>(parts, body.IsEmpty ? 1 : 2));
        }
    }

    [SkipLocalsInit]
    private void SendSegments(ulong unique, ReadReply reply)
    {
        var header = Header(unique, Errno.None, reply.Length);
        var segments = reply.Segments;
        var parts = stackalloc IoVector[segments.Length + 1];
        parts[0] = new(&header, (nuint)sizeof(ReplyHeader));
        try
        {
            var pins = reply.Pin();
            for (var i = 0; i < segments.Length; i++)
            {
                parts[i + 1] = new(pins[i].Pointer, (nuint)segments[i].Length);
            }

            Write(unique, new ReadOnlySpan<IoVector>(parts, segments.Length + 1));
        }
        finally
        {
            reply.Unpin();
        }
    }

    /// <summary>More parts than one call takes: the only case in which bytes are copied.</summary>
    private void SendCopied(ulong unique, ReadReply reply)
    {
        var body = ArrayPool<byte>.Shared.Rent(reply.Length);
        var position = 0;
        foreach (var segment in reply.Segments)
        {
            segment.Span.CopyTo(body.AsSpan(position));
            position += segment.Length;
        }

        Bytes(unique, body.AsSpan(0, position));
        ArrayPool<byte>.Shared.Return(body);
    }

    private void Write(ulong unique, ReadOnlySpan<IoVector> parts)
    {
        Errno error;
        do
        {
            error = channel.Write(parts);
        }
        while (error == Errno.EINTR);

        // ENOENT: nobody waits for it any more. The others: the mount is gone, or its other end.
        if (error is not (Errno.None or Errno.ENOENT or Errno.ENODEV or Errno.ECONNABORTED or Errno.ENOTCONN or Errno.EPIPE))
        {
            Log.ReplyRefused(log, unique, error);
        }
    }
}
