namespace BtFs.Fuse.Tests;

[Collection(MountCollection.Name)]
public class MountedReadingTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public async Task A_mounted_file_reads_byte_for_byte()
    {
        var content = new byte[(3 * MiB) + 123];
        new Random(1).NextBytes(content);
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem().Add("film.mkv", content));

        Assert.Equal(content, (await Programs.RunAsync("cat", mounted.File("film.mkv"))).Output);
    }
}
