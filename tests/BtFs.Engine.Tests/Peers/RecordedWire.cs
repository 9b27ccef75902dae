using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Peers;

/// <summary>A wire that writes down what it is given, and sends nothing.</summary>
internal sealed class RecordedWire : IPeerWire
{
    internal List<PeerMessage> Sent { get; } = [];
    internal List<BlockRef> Asked { get; } = [];
    internal List<BlockRef> Cancelled { get; } = [];
    internal List<BlockRef> Blocks { get; } = [];
    internal string? ClosedBecause { get; private set; }

    /// <summary>What is done when it is flushed.</summary>
    internal Action Flushed { get; set; } = () => { };

    public long BytesQueued { get; set; }

    public TimeSpan? RoundTrip => null;

    public void Send(PeerMessage message) => Sent.Add(message);

    public void Request(BlockRef block, PieceAssembly target) => Asked.Add(block);

    public void Cancel(BlockRef block) => Cancelled.Add(block);

    public void SendBlock(BlockRef block, ContentSegments bytes)
    {
        Blocks.Add(block);
        BytesQueued += bytes.Length;
        bytes.Dispose();
    }

    public void Flush() => Flushed();

    public void Close(string reason) => ClosedBecause ??= reason;
}
