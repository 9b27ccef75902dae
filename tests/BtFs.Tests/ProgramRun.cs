using System.Diagnostics;
using System.Text;

namespace BtFs.Tests;

/// <summary>The built program, run as a user runs it.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ProgramRun(int Code, string Output, string Errors)
{
    // Nothing here waits for a swarm; a program that is still there has hung.
    private static readonly TimeSpan Breaker = TimeSpan.FromSeconds(60);

    private static readonly string[] Quiet = ["BTFS_NO_DHT", "BTFS_NO_LSD", "BTFS_NO_PORT_MAPPING"];

    /// <summary>The built program.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "btfs");

    /// <summary>Runs the program to its end, with an environment of its own.</summary>
    public static async Task<ProgramRun> OfAsync(string home, params string[] arguments)
    {
        using var process = Start(home, arguments);
        return await EndOfAsync(process);
    }

    /// <summary>Starts the program, without the DHT, local discovery and port mapping: tests call nobody.</summary>
    public static Process Start(string home, params string[] arguments) => Start(Program, home, new Dictionary<string, string>(), arguments);

    /// <summary>The same, by another name, or with more variables.</summary>
    public static Process Start(string program, string home, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = home,
        };
        foreach (var ours in start.Environment.Keys.Where(name => name.StartsWith("BTFS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(ours);
        }

        start.Environment["XDG_CACHE_HOME"] = Path.Combine(home, ".cache");
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(home, ".config");
        foreach (var (name, value) in Quiet.Select(name => KeyValuePair.Create(name, "1")).Concat(variables))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the end.</summary>
    public static async Task<ProgramRun> EndOfAsync(Process process)
    {
        using var breaker = new CancellationTokenSource(Breaker);
        await using var hung = breaker.Token.Register(() => process.Kill());
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ProgramRun(process.ExitCode, await output, await errors);
    }

    /// <summary>Waits for something that another process does.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var breaker = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isSo())
        {
            await tick.WaitForNextTickAsync(breaker.Token);
        }
    }

    /// <summary>Programs that were started with a folder for a home, and still run.</summary>
    public static IEnumerable<string> ProcessesAt(string folder) =>
        Directory.EnumerateDirectories("/proc", "*").Where(entry =>
        {
            try
            {
                return Path.GetFileName(entry).All(char.IsAsciiDigit)
                    && Encoding.UTF8.GetString(File.ReadAllBytes($"{entry}/environ")).Contains($"XDG_CACHE_HOME={folder}/", StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
                return false;
            }
        });
}
