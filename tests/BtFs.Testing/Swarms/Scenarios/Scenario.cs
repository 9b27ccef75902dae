using BtFs.Testing.Swarms.Readers;

namespace BtFs.Testing.Swarms.Scenarios;

/// <summary>A swarm and who reads in it; each seed is another run of it.</summary>
internal sealed record Scenario
{
    internal required string Name { get; init; }

    /// <summary>What it shows, in one line.</summary>
    internal string About { get; init; } = "";

    /// <summary>The torrent and our link; its seed is replaced by the run's.</summary>
    internal SwarmShape Shape { get; init; } = new() { PieceLength = 1 << 20, FileLengths = [512L << 20], KeepsBytes = false };

    /// <summary>The peers of one run.</summary>
    internal required Func<Random, IEnumerable<PeerBehaviour>> Peers { get; init; }

    /// <summary>The readers of one run.</summary>
    internal required Func<IReadOnlyList<ISimulatedReader>> Readers { get; init; }

    /// <summary>Virtual time of one run.</summary>
    internal TimeSpan Length { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Virtual time before rates are counted: peers show their speed, and windows grow.</summary>
    internal TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a peer stays on average, and how long its place is empty; null: all stay.</summary>
    internal (TimeSpan Stay, TimeSpan Gap)? Churn { get; init; }

    /// <summary>Lives through several runs.</summary>
    /// <param name="seeds">How many, from seed 1 on.</param>
    internal ScenarioResult RunAll(int seeds) => ScenarioResult.Together([.. Enumerable.Range(1, seeds).Select(Run)]);

    /// <summary>Lives through one run.</summary>
    internal ScenarioResult Run(int seed)
    {
        var random = new Random(seed);
        var swarm = new SimulatedSwarm(Shape with { Seed = seed });
        var churn = Churn is { } rate ? new Churn(swarm, rate.Stay, rate.Gap, new Random(~seed)) : null;
        foreach (var behaviour in Peers(random))
        {
            if (churn is null)
            {
                swarm.Join(behaviour);
            }
            else
            {
                churn.Join(behaviour);
            }
        }

        var readers = Readers();
        foreach (var (i, reader) in readers.Index())
        {
            swarm.Start(reader, new Random(unchecked((seed * 31) + i)));
        }

        swarm.For(WarmUp);
        var before = ScenarioResult.Of(swarm, readers, churn?.Left ?? 0);
        swarm.For(Length - WarmUp);
        var result = ScenarioResult.Of(swarm, readers, churn?.Left ?? 0).Since(before);
        swarm.Close();
        return result;
    }
}
