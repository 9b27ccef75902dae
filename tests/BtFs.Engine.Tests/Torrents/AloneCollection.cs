namespace BtFs.Engine.Tests.Torrents;

/// <summary>Tests that look at the whole process: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "alone in the process";
}
