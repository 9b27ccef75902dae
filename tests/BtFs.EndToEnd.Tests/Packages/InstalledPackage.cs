namespace BtFs.EndToEnd.Packages;

/// <summary>The Debian package, made from the program under test and installed in a <see cref="PrivateRoot"/>, and a torrent that is seeded there.</summary>
public sealed class InstalledPackage : IAsyncLifetime
{
    internal const string Name = "installed package";

    private const int SeedPort = 7000;

    private readonly TemporaryFolder _folder = new();
    private LeashedProcess? _seed;

    /// <summary>Where it is installed.</summary>
    internal PrivateRoot Root { get; private set; } = null!;

    /// <summary>The package, under the same path in <see cref="Root"/>.</summary>
    internal string Package { get; private set; } = "";

    /// <summary>A .torrent of <see cref="Film"/> and a text beside it, in the folder "show".</summary>
    internal string Torrent => _folder.At("show.torrent");

    /// <summary>The same as a magnet link that names the seed.</summary>
    internal string Magnet { get; private set; } = "";

    /// <summary>The film as the seed has it.</summary>
    internal string Film => _folder.At("show/film.bin");

    /// <summary>A folder that both sides see.</summary>
    internal string Shared => _folder.Path;

    /// <summary>The option that names the seed.</summary>
    internal static string Peer => $"peer=127.0.0.1:{SeedPort}";

    public async Task InitializeAsync()
    {
        Package = await Sources.RunAsync("packaging/deb/build", "--program", BtfsProgram.Path, "--out", _folder.Sub("packages"));
        Root = await PrivateRoot.MakeAsync(_folder);
        (await Root.ShellAsync($"dpkg -i {Package}")).Ok();

        var film = new byte[1_000_000];
        new Random(1).NextBytes(film);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Sub("show"), "film.bin"), film);
        await File.WriteAllTextAsync(_folder.At("show/read me.txt"), "Hello.\n");
        _seed = Root.Start("btfs", "seed", _folder.At("show"), $"--port={SeedPort}", "--peer-hint=127.0.0.1", $"--torrent-out={Torrent}");
        await Eventually.TrueAsync("the seed prints its link", TimeSpan.FromSeconds(20), () => _seed.Log.Contains("magnet:") || _seed.HasEnded);
        Magnet = _seed.Log.Split('\n').FirstOrDefault(line => line.StartsWith("magnet:", StringComparison.Ordinal)) ?? throw new InvalidOperationException(_seed.Log);
    }

    public async Task DisposeAsync()
    {
        if (_seed is not null)
        {
            await _seed.DisposeAsync();
        }

        if (Root is not null)
        {
            await Root.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>Checks that the torrent is mounted here, and reads right.</summary>
    internal async Task AssertShownAsync(string mountPoint)
    {
        var type = (await Root.ShellAsync($"findmnt -n -o FSTYPE {mountPoint} | tail -n 1")).Ok().Text;
        Assert.Equal("fuse.btfs", type);
        (await Root.ShellAsync($"cmp {mountPoint}/show/film.bin {Film}")).Ok();
    }

    /// <summary>Unmounts as root does, and checks that the program goes.</summary>
    internal async Task UnmountAsync(string mountPoint)
    {
        (await Root.ShellAsync($"umount {mountPoint}")).Ok();
        await Eventually.TrueAsync(
            "the program ends", BtfsMount.EndsWithin, async () => (await Root.ShellAsync($"pgrep -f '{mountPoint}( |$)' | grep -v \"^$$\\$\"")).ExitCode == 1);
    }
}

[CollectionDefinition(InstalledPackage.Name)]
public sealed class InstalledPackageCollection : ICollectionFixture<InstalledPackage>;
