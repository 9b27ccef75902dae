using System.Buffers.Binary;
using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage;

/// <summary>One whole and undamaged record of the index journal, still in the bytes it was read from.</summary>
/// <param name="kind">What it says.</param>
/// <param name="body">What stands between its kind and its check.</param>
/// <param name="check">Its check, upon which the next record's is built.</param>
internal readonly ref struct IndexRecord(IndexRecordKind kind, ReadOnlySpan<byte> body, uint check)
{
    private readonly ReadOnlySpan<byte> _body = body;

    internal IndexRecordKind Kind { get; } = kind;

    internal uint Check { get; } = check;

    /// <summary>Bytes that it takes in the journal.</summary>
    internal int Length => IndexRecords.FrameLength + _body.Length;

    /// <summary>The piece that it speaks of. For <see cref="IndexRecordKind.Here"/>, <see cref="IndexRecordKind.Gone"/> and <see cref="IndexRecordKind.Suspect"/>.</summary>
    internal PieceIndex Piece => new(BinaryPrimitives.ReadInt32LittleEndian(_body));

    /// <summary>The checksums of the blocks of a piece that is here.</summary>
    internal void CopySums(Span<ulong> to)
    {
        var from = _body[sizeof(int)..];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = BinaryPrimitives.ReadUInt64LittleEndian(from[(i * sizeof(ulong))..]);
        }
    }

    /// <summary>What a run began with: the machine's start, the data file's number, and whether it believed what stood here before.</summary>
    internal (Guid Boot, ulong Inode, bool Believes) Opened =>
        (new Guid(_body[..16]), BinaryPrimitives.ReadUInt64LittleEndian(_body[16..]), _body[24] != 0);

    /// <summary>What a run left behind.</summary>
    internal FileIdentity Closed => new(
        BinaryPrimitives.ReadUInt64LittleEndian(_body),
        BinaryPrimitives.ReadInt64LittleEndian(_body[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(_body[16..]));
}
