namespace BtFs.Testing.Swarms;

/// <summary>How a simulated peer behaves.</summary>
internal sealed record PeerBehaviour
{
    /// <summary>Bytes per second that it sends.</summary>
    internal double Rate { get; init; } = 500_000;
    internal TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether it speaks BEP 6.</summary>
    internal bool Fast { get; init; } = true;

    /// <summary>How its peer id begins; what a client is can be told from it.</summary>
    internal string Client { get; init; } = "-LT20A0-";

    /// <summary>Requests that it takes at a time (`reqq`), and refuses beyond; null: it does not say and takes all.</summary>
    internal int? RequestLimit { get; init; }

    internal ServiceOrder Order { get; init; }

    /// <summary>What it writes ahead and cannot take back.</summary>
    internal OutputBuffer Output { get; init; } = OutputBuffer.Libtorrent;

    /// <summary>Whether it drops a cancelled request without a word, though it speaks BEP 6.</summary>
    internal bool SwallowsCancels { get; init; }

    /// <summary>How often it gets a new share of its rate, which it sends at once, as the rate limiters of libtorrent and Transmission do; null: it sends evenly.</summary>
    internal TimeSpan? StepEvery { get; init; }

    /// <summary>How much of its rate such a limiter saves up while less is asked for; what is left of a share beyond that is gone.</summary>
    internal TimeSpan StepsSaved { get; init; }

    /// <summary>Whether such a peer looks at what it was asked for only when a new share is there, or when it has just sent something.</summary>
    internal bool ServesInPulses { get; init; }

    /// <summary>Share of its blocks before which it stops for <see cref="StallFor"/>, 0 to 1.</summary>
    internal double StallShare { get; init; }

    /// <summary>Mean time between its stalls, whatever it sends; null is never.</summary>
    internal TimeSpan? StallEvery { get; init; }

    /// <summary>How long a stall lasts. All that it owes waits.</summary>
    internal TimeSpan StallFor { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Share of its blocks that are corrupt, 0 to 1.</summary>
    internal double Corruption { get; init; }

    /// <summary>Whether it takes requests and never answers.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>Whether it refuses every request.</summary>
    internal bool RefusesAll { get; init; }

    /// <summary>The pieces it has; null is all.</summary>
    internal int[]? Pieces { get; init; }

    /// <summary>How it chokes and unchokes; null: only as it is told.</summary>
    internal ChokingRounds? Choking { get; init; }
}
