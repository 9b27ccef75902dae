using System.Diagnostics;

namespace BtFs.EndToEnd.Swarm;

/// <summary>The folders that one run of the program may touch: its mountpoint, home, cache, runtime and temporary folder.</summary>
internal sealed record BtfsPlaces(string MountPoint, string Home)
{
    private static readonly string[] Kinds = ["cache", "run", "tmp", "state", "config"];

    private static readonly string[] Quiet = ["BTFS_NO_DHT", "BTFS_NO_LSD", "BTFS_NO_PORT_MAPPING"];

    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(2);

    public static BtfsPlaces In(TemporaryFolder folder)
    {
        var name = Guid.NewGuid().ToString("N")[..8];
        var places = new BtfsPlaces(folder.Sub($"mnt-{name}"), folder.Sub($"home-{name}"));
        foreach (var kind in Kinds)
        {
            Directory.CreateDirectory(Path.Combine(places.Home, kind), (UnixFileMode)0b111_000_000);
        }

        return places;
    }

    public string Cache => Path.Combine(Home, "cache");

    /// <summary>The network of its own in which the program runs; null for that of this machine.</summary>
    public NetworkNamespace? Network { get; init; }

    /// <summary>How to start the program so that it knows no other places.</summary>
    /// <remarks>
    /// On this machine's network tests call nobody: it takes part in the DHT only with <c>--dht-node</c>, looks for nobody around it and asks
    /// no gateway. In a network of its own it does all that it does for users.
    /// </remarks>
    /// <param name="arguments">The command line.</param>
    public ProcessStartInfo Start(params IEnumerable<string> arguments)
    {
        var start = Network is { } network
            ? new ProcessStartInfo(network.Enter, [.. network.EnterWords, BtfsProgram.Path, .. arguments])
            : new ProcessStartInfo(BtfsProgram.Path, arguments);
        return Furnish(start);
    }

    private ProcessStartInfo Furnish(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = Home;
        start.Environment["HOME"] = Home;
        start.Environment["XDG_CACHE_HOME"] = Cache;
        start.Environment["XDG_RUNTIME_DIR"] = Path.Combine(Home, "run");
        start.Environment["XDG_STATE_HOME"] = Path.Combine(Home, "state");
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(Home, "config");
        start.Environment["TMPDIR"] = Path.Combine(Home, "tmp");
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var quiet in Network is null ? Quiet : [])
        {
            start.Environment[quiet] = "1";
        }

        // The runtime's own pipes for debuggers stay behind when a program is killed; a native program has none.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    /// <summary>A command to its end, with these places.</summary>
    public Command Command(params IEnumerable<string> arguments)
    {
        var start = Start(arguments);
        var command = new Command(start.FileName, start.ArgumentList).In(Home);
        return start.Environment
            .Where(variable => variable.Key.StartsWith("XDG_", StringComparison.Ordinal) || Quiet.Contains(variable.Key) || variable.Key is "HOME" or "TMPDIR" or "DOTNET_EnableDiagnostics")
            .Aggregate(command, (all, variable) => all.With(variable.Key, variable.Value));
    }

    /// <summary>Soon there is no mount, no process that was told of this mountpoint, and no file in any of the places.</summary>
    public async Task AssertNothingLeftAsync()
    {
        await Eventually.TrueAsync($"nothing mounts or serves {MountPoint}", GoneWithin, () => !MountTable.Has(MountPoint) && Processes().Count == 0);
        Assert.Empty(Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories));
    }

    /// <summary>The processes whose command line names this mountpoint.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var pid) ? pid : 0)
            .Where(pid => pid > 1 && Signals.CommandLine(pid).Contains(MountPoint)),
    ];
}
