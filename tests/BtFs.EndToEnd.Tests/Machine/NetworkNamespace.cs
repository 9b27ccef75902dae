using System.Globalization;
using System.Net;

namespace BtFs.EndToEnd.Machine;

/// <summary>A network of its own, with nothing but a loopback at first. It ends with the test, even when the test is killed. Root makes it.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(10);

    private readonly LeashedProcess _holder;
    private readonly List<Wire> _wires = [];

    private NetworkNamespace(LeashedProcess holder) => _holder = holder;

    /// <summary>What runs a program in it, followed by <see cref="EnterWords"/> and the program.</summary>
    public string Enter { get; } = Programs.Find("nsenter");

    public IReadOnlyList<string> EnterWords => [$"--net=/proc/{Holder}/ns/net", "--"];

    /// <summary>The process whose network it is: veths are put there by this number.</summary>
    public int Holder { get; private set; }

    public static async Task<NetworkNamespace> MakeAsync()
    {
        var holder = new LeashedProcess("unshare", "--net", "sh", "-c", "echo $$; exec sleep infinity");
        var made = new NetworkNamespace(holder);
        await Eventually.TrueAsync("a network of its own", StartsWithin, () => int.TryParse(holder.Log.Trim(), out var pid) && pid > 1);
        made.Holder = int.Parse(holder.Log.Trim(), CultureInfo.InvariantCulture);
        await made.RunAsync("ip link set lo up");
        return made;
    }

    /// <summary>A cable between this and another: each end gets a name and an address with its prefix length.</summary>
    public async Task ConnectAsync(string name, string address, NetworkNamespace other, string otherName, string otherAddress)
    {
        await RunAsync($"ip link add {name} type veth peer name {otherName} netns {other.Holder} && ip addr add {address} dev {name} && ip link set {name} up");
        await other.RunAsync($"ip addr add {otherAddress} dev {otherName} && ip link set {otherName} up");
        await Eventually.TrueAsync(
            "the cable is in", StartsWithin, async () => await IsUpAsync(name) && await other.IsUpAsync(otherName));
    }

    /// <summary>Lays a wire between this network and the machine's own.</summary>
    public async Task<Wire> ConnectAsync()
    {
        // Others may run these tests on this machine at the same time.
        var number = _wires.Count;
        var net = $"198.18.{Holder % 250}";
        var wire = new Wire($"bt{Holder % 100_000}h{number}", $"wire{number}", IPAddress.Parse($"{net}.{(number * 4) + 1}"), IPAddress.Parse($"{net}.{(number * 4) + 2}"));
        _wires.Add(wire);
        (await Command.ShellAsync("/", $"ip link add {wire.Here} type veth peer name {wire.There} netns {Holder} "
            + $"&& ip addr add {wire.HereAddress}/30 dev {wire.Here} && ip link set {wire.Here} up")).Ok();
        await RunAsync($"ip addr add {wire.ThereAddress}/30 dev {wire.There} && ip link set {wire.There} up");
        return wire;
    }

    /// <summary>Leaves out IPv6, and what keeps a network for connections that nobody has any more.</summary>
    public Task MakePlainAsync() =>
        RunAsync("sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.tcp_orphan_retries=1");

    /// <summary>A count of the whole network since it began, as /proc/net/snmp has it.</summary>
    public async Task<long> CountAsync(string protocol, string counter)
    {
        var lines = (await RunAsync("cat /proc/net/snmp")).Split('\n').Where(line => line.StartsWith($"{protocol}: ", StringComparison.Ordinal)).ToArray();
        var column = Array.IndexOf(lines[0].Split(' '), counter);
        return long.Parse(lines[1].Split(' ')[column], CultureInfo.InvariantCulture);
    }

    /// <summary>The line that runs a command in it. Everything but the network stays as it is, mounts too.</summary>
    public string[] Line(params string[] command) => [Enter, .. EnterWords, .. command];

    /// <summary>Runs a line of shell in it, which must end well.</summary>
    public async Task<string> RunAsync(string line) => (await new Command(Enter, [.. EnterWords, "sh", "-c", line]).RunAsync()).Ok().Text;

    /// <summary>Starts a program in it that ends with the test.</summary>
    public LeashedProcess Start(string program, params IEnumerable<string> arguments) =>
        new(Enter, [.. EnterWords, Programs.Find(program), .. arguments]);

    private async Task<bool> IsUpAsync(string name) => (await RunAsync($"ip link show {name}")).Contains("state UP");

    public async ValueTask DisposeAsync()
    {
        foreach (var wire in _wires)
        {
            await Command.RunAsync("ip", "link", "del", wire.Here);
        }

        await _holder.DisposeAsync();
    }
}
