namespace BtFs.Testing.Swarms;

/// <summary>A leecher's choking: each round it serves its best few, and one by turns. Our rank among its peers is drawn anew each round.</summary>
internal sealed record ChokingRounds
{
    /// <summary>libtorrent 15 s, Transmission and BEP 3 10 s.</summary>
    internal TimeSpan Round { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long its optimistic slot stays with one peer.</summary>
    internal TimeSpan OptimisticTurn { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Peers served for what they give.</summary>
    internal int Slots { get; init; } = 3;

    /// <summary>Other peers that want its slots.</summary>
    internal int Rivals { get; init; } = 6;
}
