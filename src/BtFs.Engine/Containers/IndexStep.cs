namespace BtFs.Engine.Containers;

/// <summary>What a finder says next: read this, here is the index, or there is nothing to find.</summary>
/// <remarks>Ranges come straight from the file's own numbers: they may lie outside of it. <see cref="IndexSearch"/> looks at that.</remarks>
internal readonly record struct IndexStep
{
    /// <summary>There is no index, or none that is worth fetching.</summary>
    internal static readonly IndexStep Nothing;

    /// <summary>The bytes to be known next.</summary>
    internal FileRange? Needs { get; private init; }

    /// <summary>Where the index is.</summary>
    internal FileRange? Index { get; private init; }

    internal static IndexStep Read(long start, int length) => new() { Needs = new FileRange(start, length) };

    internal static IndexStep Found(long start, long length) => new() { Index = new FileRange(start, length) };
}
