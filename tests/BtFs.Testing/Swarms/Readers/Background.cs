using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;

namespace BtFs.Testing.Swarms.Readers;

/// <summary>Wants all of the torrent, when nothing else is wanted: a window over whatever is missing, that no reader hurries.</summary>
internal sealed class Background : ISimulatedReader
{
    private static readonly TimeSpan MoveEvery = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public async Task RunAsync(SimulatedSwarm swarm, Random random)
    {
        var first = new PieceIndex(0);
        var told = -1;
        while (true)
        {
            while (swarm.Layout.Contains(first) && swarm.Parts.Pieces.Has(first))
            {
                first = new PieceIndex(first.Value + 1);
            }

            if (!swarm.Layout.Contains(first))
            {
                return;
            }

            if (first.Value != told)
            {
                told = first.Value;
                swarm.Post(new TorrentEvent.WindowsMoved(this, [new ReadWindow(swarm.Layout.StartOf(first), swarm.Layout.TotalLength, 1)]));
            }

            await swarm.Delay(MoveEvery);
        }
    }
}
