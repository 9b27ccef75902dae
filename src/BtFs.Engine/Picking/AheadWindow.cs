using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>One window of one open handle, in pieces. Owned by the loop.</summary>
internal sealed class AheadWindow(ReadWindow window, TorrentLayout layout, TimeSpan toldAt)
{
    /// <summary>When the reader will get to the end of the longest window thought of, at most.</summary>
    private const double LastDeadline = 3600;

    /// <summary>When the loop heard of it.</summary>
    internal TimeSpan ToldAt => toldAt;

    internal bool IsHeld => window.IsHeld;
    internal bool IsHurried => window.IsHurried;

    /// <summary>Bytes per second at which the reader moves.</summary>
    internal double Speed => window.BytesPerSecond;

    internal PieceIndex First { get; } = layout.PieceAt(window.Start);
    internal PieceIndex Last { get; } = layout.PieceAt(window.End - 1);

    /// <summary>The first piece of which a block may still have to be asked for; those before it are dealt with.</summary>
    internal int Next { get; set; } = layout.PieceAt(window.Start).Value;

    /// <summary>A piece is dealt with.</summary>
    internal void Pass(PieceIndex piece)
    {
        if (piece.Value == Next)
        {
            Next++;
        }
    }

    /// <summary>The piece that an enumeration looks at.</summary>
    internal int At { get; set; }

    /// <summary>The last piece to be asked for, where windows share <paramref name="bytes"/> each.</summary>
    internal int LastWithin(long bytes)
    {
        // Two pieces at least: one is being read while the other comes.
        var end = Math.Min(window.End, window.Start + Math.Max(bytes, 2L * layout.PieceLength));
        return layout.PieceAt(end - 1).Value;
    }

    internal bool Contains(PieceIndex piece) => piece.Value >= First.Value && piece.Value <= Last.Value;

    /// <summary>When the reader will get to a piece of the window, if it goes on as before.</summary>
    internal TimeSpan DeadlineOf(int piece)
    {
        var distance = Math.Max(layout.StartOf(new PieceIndex(piece)) - window.Start, 0);
        return toldAt + TimeSpan.FromSeconds(Math.Min(distance / window.BytesPerSecond, LastDeadline));
    }
}
