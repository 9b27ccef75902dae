using System.Globalization;

namespace BtFs.EndToEnd;

/// <summary>What leaves a machine with a private torrent. Sixty seconds of it with <c>BTFS_QUIET_SECONDS=60</c>.</summary>
public sealed class PrivateTorrentTests : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("BTFS_QUIET_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 3);

    private readonly TemporaryFolder _folder = new();
    private readonly string _content;

    public PrivateTorrentTests()
    {
        _content = _folder.At("film.bin");
        File.WriteAllBytes(_content, new byte[300_000]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_of_the_DHT_or_of_local_discovery_leaves_for_a_private_torrent_and_something_for_any_other(bool isPrivate)
    {
        await using var here = await NetworkNamespace.MakeAsync();
        await using var there = await NetworkNamespace.MakeAsync();
        await here.ConnectAsync("cable", "10.77.0.1/24", there, "cable", "10.77.0.2/24");
        await here.RunAsync("ip route add default via 10.77.0.2");

        // All UDP but the three protocols that ask a gateway for a port, and the word that we are in a multicast group.
        await here.RunAsync("""
            nft 'table inet watch {
                counter told {}
                chain out { type filter hook output priority 0; udp dport { 5351, 1900 } accept; meta l4proto udp counter name told; ip protocol igmp counter name told; }
            }'
            """);
        var places = BtfsPlaces.In(_folder) with { Network = here };
        await using var seed = await BtfsSeed.StartAsync(
            places, [.. isPrivate ? ["--private"] : Array.Empty<string>(), "--dht-node", "10.77.0.2:6881", _content]);

        // Nothing to wait for: the time itself is what is tested.
        await Task.Delay(Quiet);
        var told = await ToldAsync(here);
        await seed.EndAsync();

        Assert.Equal(isPrivate, told == 0);
        Assert.Equal(isPrivate, await ToldAsync(here) == 0);
    }

    private static async Task<int> ToldAsync(NetworkNamespace network)
    {
        var words = (await network.RunAsync("nft list counter inet watch told")).Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return int.Parse(words[Array.IndexOf(words, "packets") + 1], CultureInfo.InvariantCulture);
    }
}
