namespace BtFs.Engine.WebSeeds;

/// <summary>How long to leave alone what has failed: 30 s, twice as long each time, an hour at most; or what the server asks for, 1 s to an hour.</summary>
internal sealed class BackOff
{
    /// <summary>Failures in a row.</summary>
    internal int Failures { get; private set; }

    /// <summary>It has failed.</summary>
    /// <param name="retryAfter">What the server asks for, where it does (<c>Retry-After</c>).</param>
    /// <returns>How long to leave it alone.</returns>
    internal TimeSpan Fail(TimeSpan? retryAfter)
    {
        var usual = WebSeedLimits.FirstRest * Math.Pow(2, Math.Min(Failures, 16));
        Failures++;
        var rest = retryAfter ?? usual;
        return rest < WebSeedLimits.ShortestRest ? WebSeedLimits.ShortestRest
            : rest > WebSeedLimits.LongestRest ? WebSeedLimits.LongestRest
            : rest;
    }

    /// <summary>It has given what it was asked for.</summary>
    internal void Worked() => Failures = 0;
}
