namespace BtFs.EndToEnd.Machine;

/// <summary>A folder that is gone after the test, readable by other users (a tracker that drops root reads its whitelist here).</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("btfs-e2e-").FullName;

    public TemporaryFolder()
    {
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
    }

    public string Sub(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (MountTable.Below(Path) is [_, ..] left)
        {
            // Deleting through a mount would wait for the swarm; leave the folder and say so.
            throw new InvalidOperationException($"Still mounted: {string.Join(", ", left)}");
        }

        Directory.Delete(Path, recursive: true);
    }
}
