using System.Collections.Concurrent;
using BtFs.Testing.Swarms.Scenarios;

namespace BtFs.Engine.Tests.Swarms;

/// <summary>Scenarios of the table over a few fixed seeds, each lived through once for all tests that look at it.</summary>
internal static class SeededRuns
{
    private const int Seeds = 12;

    private static readonly ConcurrentDictionary<string, Lazy<ScenarioResult>> Done = [];

    internal static ScenarioResult Of(string name) =>
        Done.GetOrAdd(name, _ => new Lazy<ScenarioResult>(() => ScenarioTable.Named(name).RunAll(Seeds))).Value;
}
