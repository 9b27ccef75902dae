using BtFs.Testing.Swarms.Readers;

namespace BtFs.Testing.Swarms.Scenarios;

/// <summary>What one run of a scenario came to, or several together.</summary>
internal sealed class ScenarioResult
{
    /// <summary>Times of the reads that a person would notice: random ones, and the first after each jump of a player. Ascending.</summary>
    internal IReadOnlyList<double> Urgent { get; private init; } = [];

    /// <summary>Virtual seconds.</summary>
    internal double Seconds { get; private init; }
    internal long UsefulBytes { get; private init; }

    /// <summary>Bytes that copies have read.</summary>
    internal long CopiedBytes { get; private init; }

    /// <summary>Of the three above, what came before rates were counted.</summary>
    internal (double Seconds, long UsefulBytes, long CopiedBytes) WarmUp { get; private init; }
    internal long Blocks { get; private init; }
    internal long UselessBlocks { get; private init; }
    internal long UselessBytes { get; private init; }
    internal long Cancels { get; private init; }

    /// <summary>Times that a player's picture stood still.</summary>
    internal long PlayerStalls { get; private init; }
    internal double PlayerStalledSeconds { get; private init; }
    internal long PeersGone { get; private init; }

    /// <summary>Bytes that the slowest copy has read.</summary>
    internal long SlowestCopy { get; private init; }

    /// <summary>Useful bytes per second, after the warm-up.</summary>
    internal double UsefulRate => (UsefulBytes - WarmUp.UsefulBytes) / (Seconds - WarmUp.Seconds);

    /// <summary>Bytes per second that copies read, after the warm-up.</summary>
    internal double CopyRate => (CopiedBytes - WarmUp.CopiedBytes) / (Seconds - WarmUp.Seconds);
    internal double UselessShare => Blocks == 0 ? 0 : (double)UselessBlocks / Blocks;

    /// <summary>The time within which a share of the urgent reads was answered; NaN when there were none.</summary>
    internal double Percentile(double share) =>
        Urgent.Count == 0 ? double.NaN : Urgent[Math.Min((int)(share * Urgent.Count), Urgent.Count - 1)];

    /// <summary>The same, with an earlier look at the same run as its warm-up.</summary>
    internal ScenarioResult Since(ScenarioResult early) => new()
    {
        Urgent = Urgent,
        Seconds = Seconds,
        UsefulBytes = UsefulBytes,
        CopiedBytes = CopiedBytes,
        WarmUp = (early.Seconds, early.UsefulBytes, early.CopiedBytes),
        SlowestCopy = SlowestCopy,
        Blocks = Blocks,
        UselessBlocks = UselessBlocks,
        UselessBytes = UselessBytes,
        Cancels = Cancels,
        PlayerStalls = PlayerStalls,
        PlayerStalledSeconds = PlayerStalledSeconds,
        PeersGone = PeersGone,
    };

    internal static ScenarioResult Of(SimulatedSwarm swarm, IReadOnlyList<ISimulatedReader> readers, int peersLeft)
    {
        var players = readers.OfType<Player>().ToList();
        var copies = readers.OfType<Copier>().ToList();
        var urgent = readers.OfType<RandomReader>().SelectMany(reader => reader.Times.Seconds)
            .Concat(players.SelectMany(player => player.FirstReads.Seconds));
        return new ScenarioResult
        {
            Urgent = [.. urgent.Order()],
            Seconds = swarm.Now.TotalSeconds,
            UsefulBytes = swarm.Counts.UsefulBytes,
            CopiedBytes = copies.Sum(copy => copy.Bytes),
            SlowestCopy = copies.Count == 0 ? 0 : copies.Min(copy => copy.Bytes),
            Blocks = swarm.Counts.Blocks,
            UselessBlocks = swarm.Counts.UselessBlocks,
            UselessBytes = swarm.Counts.UselessBytes,
            Cancels = swarm.Counts.Cancels,
            PlayerStalls = players.Sum(player => player.Stalls),
            PlayerStalledSeconds = players.Sum(player => player.Stalled.TotalSeconds),
            PeersGone = swarm.Peers.Count(peer => peer.ClosedBecause is not null) - peersLeft,
        };
    }

    internal static ScenarioResult Together(IReadOnlyCollection<ScenarioResult> runs) => new()
    {
        Urgent = [.. runs.SelectMany(run => run.Urgent).Order()],
        Seconds = runs.Sum(run => run.Seconds),
        UsefulBytes = runs.Sum(run => run.UsefulBytes),
        CopiedBytes = runs.Sum(run => run.CopiedBytes),
        WarmUp = (runs.Sum(run => run.WarmUp.Seconds), runs.Sum(run => run.WarmUp.UsefulBytes), runs.Sum(run => run.WarmUp.CopiedBytes)),
        SlowestCopy = runs.Min(run => run.SlowestCopy),
        Blocks = runs.Sum(run => run.Blocks),
        UselessBlocks = runs.Sum(run => run.UselessBlocks),
        UselessBytes = runs.Sum(run => run.UselessBytes),
        Cancels = runs.Sum(run => run.Cancels),
        PlayerStalls = runs.Sum(run => run.PlayerStalls),
        PlayerStalledSeconds = runs.Sum(run => run.PlayerStalledSeconds),
        PeersGone = runs.Sum(run => run.PeersGone),
    };
}
