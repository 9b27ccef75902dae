namespace BtFs.Testing.Swarms;

/// <summary>Chance in time.</summary>
internal static class RandomTimes
{
    /// <summary>How long until the next of many things that happen independently, at most ten times the mean.</summary>
    internal static TimeSpan After(this Random random, TimeSpan mean) => mean * Math.Min(-Math.Log(1 - random.NextDouble()), 10);

    internal static TimeSpan Between(this Random random, TimeSpan least, TimeSpan most) => least + ((most - least) * random.NextDouble());
}
