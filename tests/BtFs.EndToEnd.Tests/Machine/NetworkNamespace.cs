using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace BtFs.EndToEnd.Machine;

/// <summary>A network of its own, with wires to this one. It and its wires go when its only process does, which a killed test ends too. Root makes it.</summary>
internal sealed partial class NetworkNamespace : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(5);

    private readonly LeashedProcess _process;
    private readonly int _pid;
    private readonly List<Wire> _wires = [];

    private NetworkNamespace(LeashedProcess process, int pid)
    {
        _process = process;
        _pid = pid;
    }

    /// <summary>How a program is started in it.</summary>
    public IReadOnlyList<string> Prefix => [Programs.Find("nsenter"), $"--net=/proc/{_pid}/ns/net"];

    public static async Task<NetworkNamespace> StartAsync()
    {
        var process = new LeashedProcess("unshare", "--net", "sh", "-c", "echo pid $$; exec sleep infinity");
        await Eventually.TrueAsync($"a network namespace begins: {process.Log}", StartsWithin, () => Pid().IsMatch(process.Log));
        var network = new NetworkNamespace(process, int.Parse(Pid().Match(process.Log).Groups[1].Value, CultureInfo.InvariantCulture));

        // A network is kept by connections that nobody has any more, as long as they say goodbye: here that is a second.
        await network.RunAsync("sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.tcp_orphan_retries=1; ip link set lo up");
        return network;
    }

    /// <summary>Lays a wire between here and there.</summary>
    public async Task<Wire> ConnectAsync()
    {
        // Others may run these tests on this machine at the same time.
        var number = _wires.Count;
        var net = $"198.18.{_pid % 250}";
        var wire = new Wire($"bt{_pid % 100_000}h{number}", $"wire{number}", IPAddress.Parse($"{net}.{(number * 4) + 1}"), IPAddress.Parse($"{net}.{(number * 4) + 2}"));
        _wires.Add(wire);
        (await Command.ShellAsync("/", $"ip link add {wire.Here} type veth peer name {wire.There} netns {_pid} "
            + $"&& ip addr add {wire.HereAddress}/30 dev {wire.Here} && ip link set {wire.Here} up")).Ok();
        await RunAsync($"ip addr add {wire.ThereAddress}/30 dev {wire.There} && ip link set {wire.There} up");
        return wire;
    }

    /// <summary>Runs a line of shell in it.</summary>
    public async Task<string> RunAsync(string line) => (await Command.RunAsync(Prefix[0], Prefix[1], "sh", "-c", line)).Ok().Text;

    /// <summary>A count of the whole network since it began, as /proc/net/snmp has it.</summary>
    public async Task<long> CountAsync(string protocol, string counter)
    {
        var lines = (await RunAsync("cat /proc/net/snmp")).Split('\n').Where(line => line.StartsWith($"{protocol}: ", StringComparison.Ordinal)).ToArray();
        var column = Array.IndexOf(lines[0].Split(' '), counter);
        return long.Parse(lines[1].Split(' ')[column], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var wire in _wires)
        {
            await Command.RunAsync("ip", "link", "del", wire.Here);
        }

        await _process.DisposeAsync();
    }

    [GeneratedRegex(@"pid (\d+)")]
    private static partial Regex Pid();
}

/// <summary>A wire with an end in each network.</summary>
/// <param name="Here">The name of this end.</param>
/// <param name="There">The name of the end in the other network.</param>
/// <param name="HereAddress">The address of this end.</param>
/// <param name="ThereAddress">The address of the other end.</param>
internal sealed record Wire(string Here, string There, IPAddress HereAddress, IPAddress ThereAddress)
{
    /// <summary>Packets that came over it to this end.</summary>
    public long Received => long.Parse(File.ReadAllText($"/sys/class/net/{Here}/statistics/rx_packets"), CultureInfo.InvariantCulture);
}
