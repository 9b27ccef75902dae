using System.Net.Sockets;
using BtFs.Protocol.Peer;
using static BtFs.Engine.Tests.Peers.ConnectedPeer;

namespace BtFs.Engine.Tests.Peers;

public class HostilePeerTests
{
    private const int Rounds = 300;

    [Fact]
    public async Task Garbled_streams_end_at_most_their_own_connection_and_never_reveal_a_bug_of_ours()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            await using var peer = await ConnectAsync(fast: seed % 2 == 0);
            foreach (var number in Enumerable.Range(0, 4))
            {
                peer.Session.Request(Block(0, number), Assembly(0));
            }

            var stream = Stream(random);
            for (var flips = random.Next(0, 6); flips > 0; flips--)
            {
                stream[random.Next(stream.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                for (var sent = 0; sent < stream.Length;)
                {
                    var count = Math.Min(stream.Length - sent, 1 + random.Next(20_000));
                    sent += await peer.Theirs.SendAsync(stream.AsMemory(sent, count));
                }

                peer.Theirs.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The session had heard enough.
            }

            Assert.False((await peer.GoneAsync()).Contains("bug", StringComparison.Ordinal), $"seed {seed}");

            // Throws what a pump threw, if anything.
            await peer.EndAsync();
        }
    }

    private static byte[] Stream(Random random)
    {
        var blocks = Enumerable.Range(0, 4).Select(number => Block(0, number)).ToArray();
        random.Shuffle(blocks);
        return
        [
            .. Bytes(new PeerMessage.Bitfield(new byte[2]), new PeerMessage.Unchoke(), new PeerMessage.Have(random.Next())),
            .. Piece(blocks[0], Content(blocks[0])),
            .. Bytes(new PeerMessage.Extended(0, new byte[random.Next(300)]), new PeerMessage.Choke(), new PeerMessage.KeepAlive()),
            .. Piece(blocks[1], Content(blocks[1])),
            .. Bytes(new PeerMessage.RejectRequest(0, blocks[2].Offset, blocks[2].Length), new PeerMessage.Port(1)),
            .. Bytes(new PeerMessage.Request(0, 0, 16384), new PeerMessage.Cancel(0, 0, 16384), new PeerMessage.AllowedFast(3)),
        ];
    }
}
