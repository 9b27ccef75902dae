using System.Net;
using BtFs.Engine.Peers;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Peers;

/// <summary>Peers for tests that need no network.</summary>
internal static class SomePeer
{
    /// <summary>The peer 10.0.0.<paramref name="number"/>, with everything, not choking.</summary>
    internal static Peer Seed(int number, int pieceCount, bool fast = true, PeerTurn? turn = null)
    {
        var peer = Stranger(number, fast, turn);
        peer.Pieces.Settle(pieceCount);
        peer.Pieces.SetAll();
        peer.ChokesUs = false;
        return peer;
    }

    /// <summary>The same, with nothing, choking and choked.</summary>
    internal static Peer Stranger(int number, bool fast = true, PeerTurn? turn = null)
    {
        var address = new IPEndPoint(new IPAddress([10, 0, (byte)(number >> 8), (byte)(number & 0xff)]), 6881);
        var id = PeerId.New(new Random(number));
        return new Peer(new RecordedWire(), new PeerHello(address, id, IsIncoming: true, fast, Extended: true, V2: false), TimeSpan.Zero)
        {
            Turn = turn ?? new PeerTurn(),
        };
    }

    /// <summary>One that was called at an address and has said nothing yet.</summary>
    internal static Peer At(IPEndPoint address) =>
        new(new RecordedWire(), new PeerHello(address, PeerId.New(new Random(address.GetHashCode())), IsIncoming: false, Fast: true, Extended: true, V2: false), TimeSpan.Zero);

    internal static RecordedWire Wire(this Peer peer) => (RecordedWire)peer.Wire;
}
