using System.Buffers;
using BtFs.Protocol.Peer;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Protocol.Tests.Peer;

/// <summary>Messages to try things with, and what two of them having the same content means.</summary>
internal static class PeerMessages
{
    private static readonly Gen<int> Number = Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(0, int.MaxValue - 1), Gen.Constant(int.MaxValue));

    private static readonly Gen<byte[]> Bytes =
        from size in Gen.Choose(1, 300)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select RandomBytes(size, seed);

    private static readonly Gen<HashRange> Range =
        from seed in Gen.Choose(0, 1000)
        from layer in Number
        from index in Number
        from length in Number
        from proof in Number
        select new HashRange(RandomBytes(32, seed), layer, index, length, proof);

    /// <summary>Any message that can be written and read back.</summary>
    public static readonly Gen<PeerMessage> Any = Gen.OneOf(
        Gen.Elements<PeerMessage>(
            new PeerMessage.Choke(),
            new PeerMessage.Unchoke(),
            new PeerMessage.Interested(),
            new PeerMessage.NotInterested(),
            new PeerMessage.HaveAll(),
            new PeerMessage.HaveNone()),
        Number.Select(PeerMessage (n) => new PeerMessage.Have(n)),
        Number.Select(PeerMessage (n) => new PeerMessage.SuggestPiece(n)),
        Number.Select(PeerMessage (n) => new PeerMessage.AllowedFast(n)),
        Gen.Choose(0, 65535).Select(PeerMessage (n) => new PeerMessage.Port((ushort)n)),
        Block((piece, begin, length) => new PeerMessage.Request(piece, begin, length)),
        Block((piece, begin, length) => new PeerMessage.Cancel(piece, begin, length)),
        Block((piece, begin, length) => new PeerMessage.RejectRequest(piece, begin, length)),
        Bytes.Select(PeerMessage (bits) => new PeerMessage.Bitfield(bits)),
        Bytes.Select(PeerMessage (bytes) => new PeerMessage.Extended(bytes[0], bytes.AsMemory(1))),
        Range.Select(PeerMessage (range) => new PeerMessage.HashRequest(range)),
        Range.Select(PeerMessage (range) => new PeerMessage.HashReject(range)),
        from range in Range
        from hashes in Gen.Choose(0, 40)
        select (PeerMessage)new PeerMessage.Hashes(range, RandomBytes(32 * hashes, hashes)));

    public static Arbitrary<PeerMessage[]> Streams { get; } = Any.ArrayOf().ToArbitrary();

    public static byte[] RandomBytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Write(params IEnumerable<PeerMessage> messages)
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (var message in messages)
        {
            PeerMessageWriter.Write(writer, message);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Every frame of <paramref name="buffer"/>, read; a PIECE comes as its header in a REQUEST's clothes.</summary>
    public static List<PeerMessage> ReadAll(ReadOnlySequence<byte> buffer, FrameLimits limits)
    {
        var messages = new List<PeerMessage>();
        while (PeerFrameReader.TryRead(ref buffer, limits, out var frame))
        {
            if (frame.Id == (byte)MessageId.Piece)
            {
                PieceFrame.Read(frame, out var piece, out var begin, out var block);
                messages.Add(new PeerMessage.Request(piece, begin, (int)block.Length));
            }
            else
            {
                messages.Add(PeerMessageReader.Read(frame));
            }
        }

        return messages;
    }

    /// <summary>All of a message as text, bytes included.</summary>
    public static string Show(PeerMessage message) => message switch
    {
        PeerMessage.Bitfield bitfield => $"Bitfield {Hex(bitfield.Bits)}",
        PeerMessage.Extended extended => $"Extended {extended.ExtensionId} {Hex(extended.Payload)}",
        PeerMessage.HashRequest request => $"HashRequest {Show(request.Range)}",
        PeerMessage.HashReject reject => $"HashReject {Show(reject.Range)}",
        PeerMessage.Hashes hashes => $"Hashes {Show(hashes.Range)} {Hex(hashes.Values)}",
        _ => message.ToString(),
    };

    private static string Show(HashRange range) =>
        $"{Hex(range.PiecesRoot)} {range.BaseLayer} {range.Index} {range.Length} {range.ProofLayers}";

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private static Gen<PeerMessage> Block(Func<int, int, int, PeerMessage> make) =>
        from piece in Number
        from begin in Number
        from length in Number
        select make(piece, begin, length);
}
