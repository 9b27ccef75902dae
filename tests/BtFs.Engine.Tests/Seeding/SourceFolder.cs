namespace BtFs.Engine.Tests.Seeding;

/// <summary>A folder of a test's own, gone with it.</summary>
internal sealed class SourceFolder : IDisposable
{
    private readonly string _above = Directory.CreateTempSubdirectory("btfs-seeding-").FullName;

    internal SourceFolder() => Directory.CreateDirectory(Root);

    internal string Root => Path.Combine(_above, "album");

    internal string this[string name] => Path.Combine(Root, name);

    internal byte[] Write(string name, int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], bytes);
        return bytes;
    }

    public void Dispose() => Directory.Delete(_above, recursive: true);
}
