using System.Security.Cryptography;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A cache of one torrent that outlives its mounts.</summary>
internal sealed class KeptCache(TorrentFixture torrent, string folder)
{
    public string Folder { get; } = folder;

    /// <summary>The options that make a mount use it and keep all of it.</summary>
    public string[] Options => ["--keep", $"--data-directory={Folder}", "--cache-size=unlimited", "--cache-min-free=0"];

    /// <summary>Where the torrent's bytes lie.</summary>
    public string Data => Path.Combine(Folder, torrent.InfoHash, "data");

    /// <summary>The same files elsewhere.</summary>
    public async Task<KeptCache> CopyAsync(string to)
    {
        (await Command.RunAsync("cp", "-a", "--sparse=always", Folder, to)).Ok();
        return new KeptCache(torrent, to);
    }

    public void Remove() => Directory.Delete(Folder, recursive: true);

    /// <summary>Changes a byte here and there behind the program's back.</summary>
    /// <returns>The pieces that were hit.</returns>
    public IReadOnlySet<int> Flip(int places, Random random)
    {
        using var data = File.OpenHandle(Data, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var length = RandomAccess.GetLength(data);
        var one = new byte[1];
        var hit = new HashSet<int>();
        for (var i = 0; i < places; i++)
        {
            var at = random.NextInt64(length);
            RandomAccess.Read(data, one, at);
            one[0] ^= (byte)(1 + random.Next(255));
            RandomAccess.Write(data, one, at);
            hit.Add((int)(at / torrent.PieceLength));
        }

        return hit;
    }

    /// <summary>Has a mount on this cache read all of a torrent of one file, and compares.</summary>
    /// <returns>The pieces that the seed had to send for it.</returns>
    public async Task<IReadOnlySet<int>> CompareAsync(BtfsMount mount, LibtorrentSeed seed)
    {
        var before = (await seed.StatsAsync()).Blocks;
        using var read = File.OpenRead(mount.At(torrent.Name));
        using var original = File.OpenRead(torrent.Disk(0));
        Assert.Equal(Convert.ToHexString(await SHA256.HashDataAsync(original)), Convert.ToHexString(await SHA256.HashDataAsync(read)));
        var after = (await seed.StatsAsync()).Blocks;
        return after.Where(piece => piece.Value > before.GetValueOrDefault(piece.Key)).Select(piece => piece.Key).ToHashSet();
    }
}
