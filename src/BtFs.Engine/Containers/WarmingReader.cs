namespace BtFs.Engine.Containers;

/// <summary>A handle whose answers are shown to its file's warm-up. Reads as the reader in it does.</summary>
internal sealed class WarmingReader(IContentReader reader, ContainerWarmUp warmUp, ContainerWarmUps warmUps) : IContentReader
{
    private int _isClosed;

    /// <inheritdoc/>
    public bool TryRead(long offset, int length, ContentSegments into)
    {
        if (!reader.TryRead(offset, length, into))
        {
            return false;
        }

        warmUp.Answered(offset, into);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, int length, ContentSegments into, CancellationToken cancel)
    {
        await reader.ReadAsync(offset, length, into, cancel);
        warmUp.Answered(offset, into);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reader.Dispose();
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            warmUps.Close(warmUp);
        }
    }
}
