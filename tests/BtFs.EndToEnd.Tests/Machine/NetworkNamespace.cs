namespace BtFs.EndToEnd.Machine;

/// <summary>A network of its own on this machine, gone with the test. Needs root.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private NetworkNamespace(string name)
    {
        Name = name;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public string Name { get; }

    /// <summary>Makes one, with nothing in it but a loopback.</summary>
    /// <param name="name">A word; the rest of the name is the test process's.</param>
    public static async Task<NetworkNamespace> MakeAsync(string name)
    {
        var made = new NetworkNamespace($"btfs-test-{Environment.ProcessId}-{name}-{Guid.NewGuid().ToString("N")[..4]}");
        (await Machine.Command.RunAsync("ip", "netns", "add", made.Name)).Ok();
        await made.IpAsync("link set lo up");
        return made;
    }

    /// <summary>Runs <c>ip</c> in it.</summary>
    public async Task IpAsync(string arguments) => (await Machine.Command.RunAsync("ip", ["-n", Name, .. arguments.Split(' ')])).Ok();

    /// <summary>Runs a line of shell in it.</summary>
    public async Task ShellAsync(string line)
    {
        var command = Command("sh", "-ec", line);
        (await Machine.Command.RunAsync(command[0], command[1..])).Ok();
    }

    /// <summary>Lays a cable to another one.</summary>
    /// <param name="other">Which.</param>
    /// <param name="address">Ours on it, with its prefix.</param>
    /// <param name="theirs">Theirs.</param>
    /// <param name="device">Its name at both ends.</param>
    public async Task LinkAsync(NetworkNamespace other, string address, string theirs, string device)
    {
        await IpAsync($"link add {device} type veth peer name {device} netns {other.Name}");
        await IpAsync($"addr add {address} dev {device}");
        await other.IpAsync($"addr add {theirs} dev {device}");
        await IpAsync($"link set {device} up");
        await other.IpAsync($"link set {device} up");
    }

    /// <summary>A command that runs in it. Everything but the network stays as it is, mounts too.</summary>
    public string[] Command(params string[] command) => ["nsenter", $"--net=/run/netns/{Name}", .. command];

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        await Machine.Command.RunAsync("ip", "netns", "del", Name);
    }

    private void OnExit(object? sender, EventArgs e)
    {
        using var delete = System.Diagnostics.Process.Start("ip", ["netns", "del", Name]);
        delete.WaitForExit(TimeSpan.FromSeconds(5));
    }
}
