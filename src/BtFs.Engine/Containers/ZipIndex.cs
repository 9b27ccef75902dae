using System.Buffers.Binary;

namespace BtFs.Engine.Containers;

/// <summary>Finds the central directory of a ZIP archive by the record that ends the file.</summary>
/// <remarks>Source: APPNOTE 6.3.10, 4.3.12 to 4.3.16. The record is the file's last 22 bytes, unless a comment of up to 65,535 follows it.</remarks>
internal sealed class ZipIndex(long fileLength) : IIndexFinder
{
    internal const int EndLength = 22;
    internal const int MaxComment = ushort.MaxValue;

    private const int LocatorLength = 20;
    private const int End64Length = 56;
    private const uint EndSignature = 0x06054b50;
    private const uint LocatorSignature = 0x07064b50;
    private const uint End64Signature = 0x06064b50;

    private Reading _reading;

    private enum Reading
    {
        EndWithoutComment,
        EndWithComment,
        End64,
    }

    /// <inheritdoc/>
    public IndexStep Begin() => Tail(LocatorLength + EndLength);

    /// <inheritdoc/>
    public IndexStep Next(ReadOnlySpan<byte> bytes)
    {
        if (_reading == Reading.End64)
        {
            return OnEnd64(bytes);
        }

        var end = EndIn(bytes);
        if (end >= 0)
        {
            return OnEnd(bytes, end);
        }

        if (_reading == Reading.EndWithComment)
        {
            return IndexStep.Nothing;
        }

        _reading = Reading.EndWithComment;
        return Tail(LocatorLength + EndLength + MaxComment);
    }

    private IndexStep Tail(int length)
    {
        var start = Math.Max(fileLength - length, 0);
        return IndexStep.Read(start, (int)(fileLength - start));
    }

    /// <summary>Where in the file's tail the end record is: its comment reaches exactly to the end. −1 if nowhere.</summary>
    private static int EndIn(ReadOnlySpan<byte> tail)
    {
        for (var at = tail.Length - EndLength; at >= 0; at--)
        {
            var comment = BinaryPrimitives.ReadUInt16LittleEndian(tail[(at + EndLength - 2)..]);
            if (comment == tail.Length - EndLength - at && BinaryPrimitives.ReadUInt32LittleEndian(tail[at..]) == EndSignature)
            {
                return at;
            }
        }

        return -1;
    }

    private IndexStep OnEnd(ReadOnlySpan<byte> tail, int end)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail[(end + 12)..]);
        var start = BinaryPrimitives.ReadUInt32LittleEndian(tail[(end + 16)..]);
        var locator = end - LocatorLength;
        if ((length == uint.MaxValue || start == uint.MaxValue) && locator >= 0
            && BinaryPrimitives.ReadUInt32LittleEndian(tail[locator..]) == LocatorSignature)
        {
            _reading = Reading.End64;
            var at = BinaryPrimitives.ReadUInt64LittleEndian(tail[(locator + 8)..]);
            return at < (ulong)fileLength ? IndexStep.Read((long)at, End64Length) : IndexStep.Nothing;
        }

        return Directory(start, length);
    }

    private IndexStep OnEnd64(ReadOnlySpan<byte> bytes) =>
        bytes.Length == End64Length && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == End64Signature
            ? Directory(BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]))
            : IndexStep.Nothing;

    private IndexStep Directory(ulong start, ulong length) => start < (ulong)fileLength && length <= (ulong)fileLength - start
        ? IndexStep.Found((long)start, (long)length)
        : IndexStep.Nothing;
}
