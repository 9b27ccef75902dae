using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using BtFs.Testing.Swarms.Scenarios;

namespace BtFs.Benchmarks;

/// <summary>Runs scenarios over many seeds and prints one line for each.</summary>
internal static class SwarmTable
{
    internal static int Run(string[] args)
    {
        var options = new Dictionary<string, string>();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options[args[i]] = args[i + 1];
        }

        var names = options.GetValueOrDefault("--scenario", "*").Split(',');
        var seeds = int.Parse(options.GetValueOrDefault("--seeds", "50"), CultureInfo.InvariantCulture);
        var from = int.Parse(options.GetValueOrDefault("--from", "1"), CultureInfo.InvariantCulture);
        var threads = int.Parse(options.GetValueOrDefault("--threads", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var chosen = ScenarioTable.Scenarios.Where(scenario => names.Any(name => Matches(scenario.Name, name))).ToList();
        if (chosen.Count == 0)
        {
            Console.Error.WriteLine($"No such scenario. There are: {string.Join(", ", ScenarioTable.Scenarios.Select(scenario => scenario.Name))}.");
            return 2;
        }

        Console.WriteLine("scenario      |   median    p90    p99    max s | reads |  total   copy MB/s | useless  cancels/s | stalls   s | cpu ms | about");
        var watch = Stopwatch.StartNew();
        foreach (var scenario in chosen)
        {
            Print(scenario, seeds, from, threads);
        }

        var cpu = Environment.CpuUsage.TotalTime;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{chosen.Count * seeds} runs in {watch.Elapsed.TotalSeconds:0.0} s, {cpu.TotalSeconds:0.0} s of processor time: {60 * chosen.Count * seeds / cpu.TotalSeconds:0} a minute and core."));
        return 0;
    }

    private static void Print(Scenario scenario, int seeds, int from, int threads)
    {
        var before = Environment.CpuUsage.TotalTime;
        var runs = new ConcurrentBag<ScenarioResult>();
        Parallel.For(from, from + seeds, new ParallelOptions { MaxDegreeOfParallelism = threads }, seed => runs.Add(scenario.Run(seed)));
        var all = ScenarioResult.Together(runs);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{scenario.Name,-13} | {all.Percentile(0.5),8:0.00} {all.Percentile(0.9),6:0.00} {all.Percentile(0.99),6:0.00} {all.Percentile(1),6:0.00}   | {all.Urgent.Count,5} | {all.UsefulRate / 1e6,6:0.00} {all.CopyRate / 1e6,6:0.00}      | {100 * all.UselessShare,5:0.00} % {all.Cancels / all.Seconds,8:0.0}  | {all.PlayerStalls,5} {all.PlayerStalledSeconds,5:0} | {(Environment.CpuUsage.TotalTime - before).TotalMilliseconds / seeds,6:0} | {scenario.About}"));
    }

    private static bool Matches(string name, string pattern) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;
}
