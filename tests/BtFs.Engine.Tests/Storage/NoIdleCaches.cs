using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>Stands for a cache directory in which nothing lies but what is mounted.</summary>
internal sealed class NoIdleCaches : IIdleCaches
{
    /// <inheritdoc/>
    public long BytesOnDisk() => 0;

    /// <inheritdoc/>
    public long Free(long bytes) => 0;
}
