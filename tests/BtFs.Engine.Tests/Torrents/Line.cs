using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>One end of a connection on which nothing is said; it can only be closed.</summary>
internal sealed class Line(Action closed) : IPeerWire
{
    public long BytesQueued => 0;

    public TimeSpan? RoundTrip => null;

    public void Send(PeerMessage message)
    {
    }

    public void Request(BlockRef block, PieceAssembly target)
    {
    }

    public void Cancel(BlockRef block)
    {
    }

    public void SendBlock(BlockRef block, ContentSegments bytes) => bytes.Dispose();

    public void Flush()
    {
    }

    public void Close(string reason) => closed();
}
