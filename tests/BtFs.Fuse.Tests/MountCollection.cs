namespace BtFs.Fuse.Tests;

/// <summary>Tests with real mounts run one after the other: they count threads and measure times.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MountCollection
{
    public const string Name = "mounts";
}
