namespace BtFs.Engine.Reports;

/// <summary>What of a torrent is here, and how often it is elsewhere. Each piece is true by itself, not all are of one moment.</summary>
public sealed record PiecesReport
{
    /// <summary>Runs told at most.</summary>
    public const int MaxRuns = 2_000;

    /// <summary>Bytes of every piece but the last.</summary>
    public required int PieceLength { get; init; }

    public required int Count { get; init; }

    /// <summary>Pieces that are here.</summary>
    public required int Have { get; init; }

    /// <summary>Pieces under way, verified or looked for.</summary>
    public required int UnderWay { get; init; }

    /// <summary>Neighbours of one state, from the first piece on; no more than <see cref="MaxRuns"/>.</summary>
    public required IReadOnlyList<PieceStateRun> Runs { get; init; }

    /// <summary>Copies of the rarest piece among those connected.</summary>
    public required int RarestCopies { get; init; }

    /// <summary>How many pieces are held by none of those connected, by one, by two, …; the last entry counts also what is held by more.</summary>
    public required IReadOnlyList<int> Copies { get; init; }
}
