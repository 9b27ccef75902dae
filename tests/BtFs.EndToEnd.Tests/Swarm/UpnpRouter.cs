namespace BtFs.EndToEnd.Swarm;

/// <summary>A home with one machine, a router with MiniUPnPd, and the Internet behind it: three networks.</summary>
internal sealed class UpnpRouter : IAsyncDisposable
{
    /// <summary>The router as the Internet sees it.</summary>
    public const string Outside = "9.9.9.1";

    private static readonly TimeSpan ListensWithin = TimeSpan.FromSeconds(10);

    private readonly NetworkNamespace _router;
    private readonly NetworkNamespace _internet;
    private LeashedProcess? _daemon;

    private UpnpRouter(NetworkNamespace home, NetworkNamespace router, NetworkNamespace internet)
    {
        Home = home;
        _router = router;
        _internet = internet;
    }

    /// <summary>The machine at home, 10.9.0.2 and fd09::2.</summary>
    public NetworkNamespace Home { get; }

    /// <summary>Starts one.</summary>
    /// <param name="folder">For its configuration.</param>
    /// <param name="protocol"><c>PCP</c>, <c>NAT-PMP</c> or <c>UPnP</c>: for IPv4 it speaks no better one. For IPv6 it speaks PCP, but not with <c>NAT-PMP</c>.</param>
    public static async Task<UpnpRouter> StartAsync(TemporaryFolder folder, string protocol)
    {
        var made = new UpnpRouter(await NetworkNamespace.MakeAsync(), await NetworkNamespace.MakeAsync(), await NetworkNamespace.MakeAsync());
        try
        {
            await made.WireAsync();
            await made.RouteAsync(dropsPcp: protocol == "NAT-PMP");
            var settings = folder.At("miniupnpd.conf");
            await File.WriteAllTextAsync(settings, Settings(isNatPmp: protocol != "UPnP", isUpnp: protocol == "UPnP"));
            made._daemon = made._router.Start("miniupnpd", "-d", "-f", settings, "-P", folder.At("miniupnpd.pid"));
            await Eventually.TrueAsync("miniupnpd listens", ListensWithin, made.ListensAsync);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>The ports that lead to the machine at home, each with what it is of, as in <c>tcp 6881</c>.</summary>
    public async Task<IReadOnlyList<string>> MappedAsync() =>
    [
        .. (await _router.RunAsync("nft list chain inet btfs before")).Split('\n')
            .Where(line => line.Contains("dnat ip to 10.9.0.2:"))
            .Select(line => $"{(line.Contains("0x11 ") ? "udp" : "tcp")} {line.Split("dport ")[1].Split(' ')[0]}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Holes in the router's firewall for the machine's IPv6 address.</summary>
    public async Task<int> HolesAsync() =>
        (await _router.RunAsync("nft list chain inet btfs through")).Split('\n').Count(line => line.Contains("0xfd090000000000000000000000000002 "));

    /// <summary>From now on the router takes nothing that is meant for itself, and says nothing.</summary>
    public Task FallSilentAsync() => _router.RunAsync("nft insert rule inet btfs in drop");

    /// <summary>Whether somebody on the Internet can call that port of the router.</summary>
    public async Task<bool> AnswersAsync(int port) =>
        (await new Command(_internet.Enter, [.. _internet.EnterWords, "timeout", "3", "bash", "-c", $"exec 3<>/dev/tcp/{Outside}/{port}"]).RunAsync()).ExitCode == 0;

    public async ValueTask DisposeAsync()
    {
        if (_daemon is { } daemon)
        {
            await daemon.DisposeAsync();
        }

        await Home.DisposeAsync();
        await _router.DisposeAsync();
        await _internet.DisposeAsync();
    }

    private async Task WireAsync()
    {
        await Home.ConnectAsync("lan", "10.9.0.2/24", _router, "lan", "10.9.0.1/24");
        await Home.RunAsync("ip route add default via 10.9.0.1 && ip addr add fd09::2/64 dev lan nodad && ip route add default via fd09::1");
        await _router.RunAsync("ip addr add fd09::1/64 dev lan nodad");
        await _router.ConnectAsync("wan", $"{Outside}/24", _internet, "wan", "9.9.9.2/24");
        await _router.RunAsync("ip route add default via 9.9.9.2 && echo 1 > /proc/sys/net/ipv4/ip_forward");
    }

    private async Task RouteAsync(bool dropsPcp)
    {
        // A PCP packet is known by its version, the first byte behind the UDP header.
        var drop = dropsPcp ? "udp dport 5351 @th,64,8 2 drop;" : "";
        await _router.RunAsync($$"""
            nft 'table inet btfs {
                chain in { type filter hook input priority 0; {{drop}} }
                chain through { type filter hook forward priority 0; }
                chain before { type nat hook prerouting priority -100; }
                chain after { type nat hook postrouting priority 100; }
            }'
            """);
    }

    private async Task<bool> ListensAsync() => (await _router.RunAsync("cat /proc/net/udp")).Contains(":14E7") || (await _router.RunAsync("cat /proc/net/udp")).Contains(":076C");

    private static string Settings(bool isNatPmp, bool isUpnp) => $"""
        ext_ifname=wan
        listening_ip=lan
        enable_natpmp={(isNatPmp ? "yes" : "no")}
        enable_upnp={(isUpnp ? "yes" : "no")}
        secure_mode=yes
        ipv6_disable=no
        uuid=00000000-0000-0000-0000-00000000abcd
        upnp_table_name=btfs
        upnp_nat_table_name=btfs
        upnp_forward_chain=through
        upnp_nat_chain=before
        upnp_nat_postrouting_chain=after
        allow 1024-65535 10.9.0.0/24 1024-65535
        deny 0-65535 0.0.0.0/0 0-65535

        """;
}
