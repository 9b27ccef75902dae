using System.Net;

namespace BtFs.EndToEnd.Machine;

/// <summary>Two homes behind routers that let nothing in but answers, and a server between them that both can reach.</summary>
/// <remarks>
/// Each is a network namespace; the routers translate addresses (nftables, masquerade) as home routers do. The Internet has addresses that are
/// not local ones, because peers believe strangers of nothing else.
/// </remarks>
internal sealed class TwoHomes : IAsyncDisposable
{
    private readonly List<NetworkNamespace> _all = [];

    private TwoHomes()
    {
    }

    /// <summary>The server's address.</summary>
    public static IPAddress ServerAddress { get; } = IPAddress.Parse("203.0.112.1");

    /// <summary>Where the world sees each home.</summary>
    public static IReadOnlyList<IPAddress> RouterAddresses { get; } = [IPAddress.Parse("203.0.112.11"), IPAddress.Parse("203.0.112.12")];

    public NetworkNamespace Server { get; private set; } = null!;

    public IReadOnlyList<NetworkNamespace> Homes { get; private set; } = [];

    public static async Task<TwoHomes> MakeAsync()
    {
        var made = new TwoHomes();
        try
        {
            made.Server = await made.AddAsync();
            await made.Server.RunAsync("ip link add net type bridge");
            await made.Server.RunAsync($"ip addr add {ServerAddress}/24 dev net");
            await made.Server.RunAsync("ip link set net up");
            made.Homes = [await made.HomeAsync(0), await made.HomeAsync(1)];
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a home is to itself.</summary>
    public static IPAddress Inside(int home) => IPAddress.Parse($"192.168.{home}.2");

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _all)
        {
            await one.DisposeAsync();
        }
    }

    private async Task<NetworkNamespace> HomeAsync(int number)
    {
        var home = await AddAsync();
        var router = await AddAsync();
        await home.ConnectAsync("lan", $"{Inside(number)}/24", router, "lan", $"192.168.{number}.1/24");
        await home.RunAsync($"ip route add default via 192.168.{number}.1");
        await router.RunAsync($"ip link add wan type veth peer name port{number} netns {Server.Holder}");
        await router.RunAsync($"ip addr add {RouterAddresses[number]}/24 dev wan");
        await router.RunAsync("ip link set wan up");
        await Server.RunAsync($"ip link set port{number} master net");
        await Server.RunAsync($"ip link set port{number} up");
        await router.RunAsync(
            """
            echo 1 > /proc/sys/net/ipv4/ip_forward
            nft -f - <<END
            table ip home {
                chain out { type nat hook postrouting priority 100; oifname "wan" masquerade; }
                chain through { type filter hook forward priority 0; iifname "wan" ct state != { established, related } drop; }
                chain in { type filter hook input priority 0; iifname "wan" ct state != { established, related } drop; }
            }
            END
            """);
        return home;
    }

    private async Task<NetworkNamespace> AddAsync()
    {
        var made = await NetworkNamespace.MakeAsync();
        _all.Add(made);
        return made;
    }
}
