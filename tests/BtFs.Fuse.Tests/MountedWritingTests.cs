using BtFs.Fuse.Mounting;

namespace BtFs.Fuse.Tests;

[Collection(MountCollection.Name)]
public class MountedWritingTests
{
    private static readonly FuseMountOptions Writable = new() { FsName = "memory", Subtype = "btfstest", Writable = true };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_copied_in_is_the_same_and_can_be_renamed_and_removed(bool byHelper)
    {
        var files = new WritableFileSystem();
        await using var mounted = await MountedDirectory.OfAsync(files, Writable with { ForceHelper = byHelper });
        using var source = new TemporarySource(new byte[(1 << 20) + 77]);

        await Run("cp", "--preserve=mode,timestamps", source.Path, mounted.File("a.torrent"));
        await Run("mv", mounted.File("a.torrent"), mounted.File("b.torrent"));
        await Run("cmp", source.Path, mounted.File("b.torrent"));
        await Run("truncate", "--size=10", mounted.File("b.torrent"));
        Assert.Equal("10\n", (await Programs.RunAsync("stat", "--format=%s", mounted.File("b.torrent"))).Text);
        Assert.Equal("b.torrent\n", (await Programs.RunAsync("ls", mounted.Path)).Text);
        await Run("rm", mounted.File("b.torrent"));
        Assert.Equal("", (await Programs.RunAsync("ls", mounted.Path)).Text);
        Assert.Equal(1 << 17, files.LongestWrite);
    }

    [Fact]
    public async Task What_the_file_system_says_of_a_file_is_the_answer_to_its_close()
    {
        var files = new WritableFileSystem { Verdict = Task.FromResult(Errno.EINVAL) };
        await using var mounted = await MountedDirectory.OfAsync(files, Writable);
        using var source = new TemporarySource([1, 2, 3]);

        var copied = await Programs.RunAsync("cp", source.Path, mounted.File("a.torrent"));
        var removed = await Programs.RunAsync("rmdir", mounted.File("folder"));
        var other = await Programs.RunAsync("cp", source.Path, mounted.File("film.mkv"));

        Assert.Contains("Invalid argument", copied.Errors);
        Assert.Contains("Invalid argument", removed.Errors);
        Assert.Contains("Operation not permitted", other.Errors);
    }

    private static async Task Run(string program, params string[] arguments) =>
        Assert.Equal("", (await Programs.RunAsync(program, arguments)).Errors);

    private sealed class TemporarySource : IDisposable
    {
        public TemporarySource(byte[] content)
        {
            Path = System.IO.Path.GetTempFileName();
            File.WriteAllBytes(Path, content);
        }

        public string Path { get; }

        public void Dispose() => File.Delete(Path);
    }
}
