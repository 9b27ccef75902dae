using System.Net;

namespace BtFs.EndToEnd;

/// <summary>Real clients that speak with nobody but encrypted, and some that need not.</summary>
public sealed class EncryptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public EncryptionTests() => _torrent = TorrentFixture.Make(_folder, "show", 64 * 1024, new FileShape("one.bin", 3_000_000), new FileShape("two.bin", 70_000));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rc4", "prefer", "rc4")]
    [InlineData("rc4", "require", "rc4")]
    [InlineData("header", "prefer", "header")]
    [InlineData("header", "require", "rc4")]
    [InlineData(null, "require", "rc4")]
    [InlineData(null, "prefer", "plain")]
    [InlineData(null, "off", "plain")]
    public async Task A_libtorrent_peer_that_we_call_serves_us_encrypted_as_far_as_either_side_requires_it(string? requires, string policy, string cipher)
    {
        await using var seed = await LibtorrentSeed.StartAsync(encrypted: requires);
        await seed.AddAsync(_torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address), "--encryption", policy);
        await Same.ContentAsync(_torrent, mount);
        Assert.Equal([cipher], await seed.CiphersAsync());
        await mount.UnmountAsync();
    }

    [Theory]
    [InlineData("rc4", "prefer", "rc4")]
    [InlineData("rc4", "require", "rc4")]
    [InlineData("header", "prefer", "header")]
    [InlineData(null, "require", "rc4")]
    public async Task A_libtorrent_peer_that_calls_us_serves_us_encrypted_as_far_as_either_side_requires_it(string? requires, string policy, string cipher)
    {
        var port = FreePort.On(IPAddress.Loopback);
        await using var seed = await LibtorrentSeed.StartAsync(encrypted: requires);
        await seed.AddAsync(_torrent);
        await using var mount = await BtfsMount.StartAsync(
            _folder, _torrent.TorrentFile, "--encryption", policy, $"--min-port={port}", $"--max-port={port}");
        await seed.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await Same.ContentAsync(_torrent, mount);
        Assert.Equal([cipher], await seed.CiphersAsync());
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_Transmission_peer_that_requires_encryption_serves_us()
    {
        await using var seed = await TransmissionSeed.StartAsync(_folder, _torrent, _torrent.TorrentFile, isEncrypted: true);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address));
        await Same.ContentAsync(_torrent, mount);
        await mount.UnmountAsync();
    }

    [Theory]
    [InlineData("require", "require")]
    [InlineData("require", "prefer")]
    [InlineData("prefer", "require")]
    public async Task Two_of_us_understand_each_other_where_one_requires_encryption(string seeds, string reads)
    {
        var port = FreePort.On(IPAddress.Loopback);
        await using var seed = await BtfsSeed.StartAsync(
            BtfsPlaces.In(_folder), Path.Combine(_torrent.SaveFolder, _torrent.Name), $"--port={port}", "--peer-hint=127.0.0.1", $"--encryption={seeds}");
        await using var mount = await BtfsMount.StartAsync(_folder, seed.Magnet, $"--encryption={reads}");
        Assert.Equal(
            await File.ReadAllBytesAsync(_torrent.Disk(0)),
            await File.ReadAllBytesAsync(Directory.EnumerateFiles(mount.Path, "one.bin", SearchOption.AllDirectories).Single()));
        await mount.UnmountAsync();
    }
}
