namespace BtFs.EndToEnd.Machine;

/// <summary>A file system of its own in a file, mounted: a disk that can be copied, filled or taken away.</summary>
internal sealed class LoopDisk : IAsyncDisposable
{
    private readonly string _image;
    private int _copies;

    private LoopDisk(string image, string path)
    {
        _image = image;
        Path = path;
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    public static async Task<LoopDisk> MakeAsync(TemporaryFolder folder, int megabytes)
    {
        var image = folder.At($"{Guid.NewGuid():N}.img");
        (await Command.ShellAsync(folder.Path, $"truncate -s {megabytes}M {image} && mkfs.ext4 -q -F {image}")).Ok();
        return await MountAsync(folder, image);
    }

    /// <summary>Mounts an image, as a machine does that starts: what its journal has is brought in order.</summary>
    public static async Task<LoopDisk> MountAsync(TemporaryFolder folder, string image)
    {
        var path = folder.Sub($"disk-{Guid.NewGuid():N}");
        (await Command.RunAsync("mount", "-o", "loop", image, path)).Ok();
        return new LoopDisk(image, path);
    }

    /// <summary>The disk as it is at this moment, with what the system has brought to it.</summary>
    public async Task<string> CopyAsync()
    {
        var copy = $"{_image}.{_copies++}";
        (await Command.RunAsync("cp", "--sparse=always", _image, copy)).Ok();
        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        (await Command.RunAsync("umount", "-l", Path)).Ok();
        Directory.Delete(Path);
    }
}
