using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Picking;

/// <summary>Partial pieces with the demand that decides which of them may stay.</summary>
internal sealed class PiecesUnderWay
{
    private readonly PieceMap _map;
    private readonly Background _background;

    internal PiecesUnderWay(TorrentLayout layout, SharedBufferPool buffers, PrefetchPolicy policy = PrefetchPolicy.None)
    {
        _map = new PieceMap(layout, []);
        _background = new Background(policy, layout, _map, new Random(1));
        Demand = new DemandBook(layout);
        Partials = new PartialPieces(layout, _map, buffers);
    }

    internal DemandBook Demand { get; }
    internal PartialPieces Partials { get; }

    internal PartialPiece Open(int piece) => TryOpen(piece)!;

    internal PartialPiece? TryOpen(int piece) => Partials.Open(new PieceIndex(piece), Demand, _background, TimeSpan.FromSeconds(piece));

    internal void Wait(int piece) => Demand.Add(new Wish(new PieceIndex(piece), new PieceIndex(piece)), _map.Has, TimeSpan.Zero);

    internal void GiveUpAll()
    {
        foreach (var partial in Partials.All.ToList())
        {
            Partials.GiveUp(partial);
        }
    }
}
