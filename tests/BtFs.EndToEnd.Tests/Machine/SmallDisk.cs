namespace BtFs.EndToEnd.Machine;

/// <summary>A file system of its own for a cache, that can be copied, filled or broken; gone after the test. Root mounts it.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string? _image;
    private int _copies;

    private SmallDisk(string path, string? image)
    {
        Path = path;
        _image = image;
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>One in memory, of so many bytes.</summary>
    public static Task<SmallDisk> InMemoryAsync(TemporaryFolder folder, long bytes) =>
        MountAsync(folder, image: null, "-t", "tmpfs", "-o", $"size={bytes}", "none");

    /// <summary>One that can give nothing back but whole files, and does not tell how much it holds.</summary>
    public static Task<SmallDisk> WithoutHolesAsync(TemporaryFolder folder) => MountAsync(folder, image: null, "-t", "ramfs", "none");

    /// <summary>An ext4 that turns read-only at its first error.</summary>
    public static async Task<SmallDisk> Ext4Async(TemporaryFolder folder, long bytes)
    {
        var image = folder.At($"{Guid.NewGuid():N}.ext4");
        await using (var file = File.Create(image))
        {
            file.SetLength(bytes);
        }

        (await Command.RunAsync("mkfs.ext4", "-q", "-m", "0", image)).Ok();
        return await MountImageAsync(folder, image);
    }

    /// <summary>Mounts an image, as a machine does that starts: what its journal has is brought in order.</summary>
    public static Task<SmallDisk> MountImageAsync(TemporaryFolder folder, string image) => MountAsync(folder, image, "-o", "loop,errors=remount-ro", image);

    /// <summary>The image of the disk as it is at this moment, with what the system has brought to it.</summary>
    public async Task<string> CopyAsync()
    {
        var image = _image ?? throw new InvalidOperationException("A disk in memory has no image.");
        var copy = $"{image}.{_copies++}";
        (await Command.RunAsync("cp", "--sparse=always", image, copy)).Ok();
        return copy;
    }

    /// <summary>Has the kernel find an error in an ext4, after which it takes nothing more.</summary>
    public async Task BreakAsync()
    {
        var device = (await Command.RunAsync("findmnt", "-n", "-o", "SOURCE", Path)).Ok().Text;
        await File.WriteAllTextAsync($"/sys/fs/ext4/{System.IO.Path.GetFileName(device)}/trigger_fs_error", "1");
    }

    public async ValueTask DisposeAsync() => await Command.RunAsync("umount", "-l", Path);

    private static async Task<SmallDisk> MountAsync(TemporaryFolder folder, string? image, params string[] what)
    {
        var path = folder.Sub($"disk-{Guid.NewGuid():N}");
        (await Command.RunAsync("mount", [.. what, path])).Ok();
        return new SmallDisk(path, image);
    }
}
