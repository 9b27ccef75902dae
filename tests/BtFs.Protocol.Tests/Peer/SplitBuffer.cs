using System.Buffers;

namespace BtFs.Protocol.Tests.Peer;

/// <summary>Bytes as a socket would hand them over: in pieces of any size.</summary>
internal static class SplitBuffer
{
    /// <summary>All of <paramref name="bytes"/>, in segments of random length (1 to 20 bytes, an empty one now and then).</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> bytes, int seed)
    {
        var random = new Random(seed);
        var first = new Segment(ReadOnlyMemory<byte>.Empty, 0);
        var last = first;
        for (var offset = 0; offset < bytes.Length;)
        {
            var length = Math.Min(random.Next(0, 21), bytes.Length - offset);
            last = last.Append(bytes.Slice(offset, length));
            offset += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> bytes, long start)
        {
            Memory = bytes;
            RunningIndex = start;
        }

        public Segment Append(ReadOnlyMemory<byte> bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
