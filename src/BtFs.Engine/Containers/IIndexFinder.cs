namespace BtFs.Engine.Containers;

/// <summary>Walks one kind of container to its index. Pure: it is handed the bytes that it asks for, and nobody waits for it.</summary>
/// <remarks>Each step goes forward in the file or to another kind of read, so that every walk ends. Never throws, whatever the bytes say.</remarks>
internal interface IIndexFinder
{
    /// <summary>Where the walk begins.</summary>
    IndexStep Begin();

    /// <summary>Takes the bytes that the last step needed; fewer, where the file ends before.</summary>
    IndexStep Next(ReadOnlySpan<byte> bytes);
}
