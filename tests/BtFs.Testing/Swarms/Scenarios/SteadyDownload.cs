using System.Diagnostics;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;

namespace BtFs.Testing.Swarms.Scenarios;

/// <summary>One reader's window comes at 10 MB/s, in a torrent and a swarm of any size: what does each block cost?</summary>
internal sealed class SteadyDownload
{
    private const int PieceLength = 256 << 10;
    private const int Window = 500 * PieceLength;
    private const double Rate = 10_000_000;

    /// <param name="pieces">Pieces of the torrent.</param>
    /// <param name="peers">Peers, all alike.</param>
    /// <param name="areSeeds">Whether they say so; else each sends a bitfield, and has about half.</param>
    internal SteadyDownload(int pieces, int peers, bool areSeeds)
    {
        Swarm = new SimulatedSwarm(new SwarmShape
        {
            PieceLength = PieceLength, FileLengths = [(long)pieces * PieceLength], MaxPeers = peers, KeepsBytes = false,
        });
        var bits = new byte[(pieces + 7) / 8];
        Swarm.Random.NextBytes(bits);
        bits[^1] = 0;
        for (var i = 0; i < peers; i++)
        {
            var peer = Swarm.Connect(new PeerBehaviour { Rate = Rate / peers });
            peer.Say(areSeeds ? new PeerMessage.HaveAll() : new PeerMessage.Bitfield(bits));
            peer.Say(new PeerMessage.Unchoke());
        }
    }

    internal SimulatedSwarm Swarm { get; }

    /// <summary>Managed bytes allocated for each block, the rig's own among them. After <see cref="Measure"/>.</summary>
    internal double BytesPerBlock { get; private set; }

    /// <summary>Processor time for each block, in microseconds, the rig's own in it: a figure of this machine. After <see cref="Measure"/>.</summary>
    internal double MicrosecondsPerBlock { get; private set; }

    /// <summary>Blocks that were measured.</summary>
    internal long Blocks { get; private set; }

    /// <summary>Downloads for some seconds of virtual time, once peers have shown their speed.</summary>
    internal void Measure()
    {
        Swarm.Post(new TorrentEvent.WindowsMoved(Swarm, [new ReadWindow(0, Math.Min(Swarm.Layout.TotalLength, Window), 1, IsHurried: true)]));
        Swarm.For(TimeSpan.FromSeconds(3));
        var (blocks, allocated, started) = (Swarm.Counts.Blocks, GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        Swarm.For(TimeSpan.FromSeconds(6));
        Blocks = Swarm.Counts.Blocks - blocks;
        BytesPerBlock = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Blocks;
        MicrosecondsPerBlock = Stopwatch.GetElapsedTime(started).TotalMicroseconds / Blocks;
    }
}
