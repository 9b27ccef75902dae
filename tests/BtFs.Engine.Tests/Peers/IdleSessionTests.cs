using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Tests.Torrents;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers;

[Collection(AloneCollection.Name)]
public class IdleSessionTests
{
    private const int Sessions = 500;
    private const int MostBytesEach = 16 * 1024;

    [Fact]
    public async Task Five_hundred_idle_peers_cost_less_than_16_KiB_each()
    {
        // The first round fills the pools of the process, which are nobody's cost.
        await BytesOfEachAsync();
        long[] each = [await BytesOfEachAsync(), await BytesOfEachAsync(), await BytesOfEachAsync()];
        Assert.InRange(each.Min(), 1, MostBytesEach);
    }

    private static async Task<long> BytesOfEachAsync()
    {
        var inbox = new Inbox();
        var pairs = new List<(Socket Ours, Socket Theirs)>();
        for (var i = 0; i < Sessions; i++)
        {
            pairs.Add(await Loopback.PairAsync());
        }

        var hello = new PeerHello(new IPEndPoint(IPAddress.Loopback, 1), default, IsIncoming: false, Fast: true, Extended: true, V2: false);
        var options = ConnectedPeer.Options(new ManualTimeProvider());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sessions = pairs.ConvertAll(pair => new PeerSession(new TcpTransport(pair.Ours), hello, options, inbox.Post));
        var running = sessions.ConvertAll(session => session.RunAsync());
        foreach (var (_, theirs) in pairs)
        {
            await theirs.SendAsync(ConnectedPeer.Bytes(new PeerMessage.HaveNone(), new PeerMessage.Unchoke()));
        }

        for (var i = 0; i < 2 * Sessions; i++)
        {
            await inbox.NextAsync<TorrentEvent.MessageReceived>();
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Sessions;
        sessions.ForEach(session => session.Close("the test is over"));
        await Task.WhenAll(running).WaitAsync(Loopback.Patience);
        pairs.ForEach(pair => pair.Theirs.Dispose());
        return each;
    }
}
