using System.Collections.Concurrent;
using BtFs.Testing.Swarms.Scenarios;

namespace BtFs.Engine.Tests.Swarms;

/// <summary>Scenarios of the table over a few fixed seeds, each lived through once for all tests that look at it.</summary>
internal static class SeededRuns
{
    private static readonly ConcurrentDictionary<string, Lazy<ScenarioResult>> Done = [];

    /// <param name="name">The scenario's.</param>
    /// <param name="seeds">How many; whoever asks first decides.</param>
    internal static ScenarioResult Of(string name, int seeds = 12) =>
        Done.GetOrAdd(name, _ => new Lazy<ScenarioResult>(() => ScenarioTable.Named(name).RunAll(seeds))).Value;
}
