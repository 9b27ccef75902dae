using BtFs.Engine;

namespace BtFs.Testing.Swarms.Readers;

/// <summary>One open handle, read as the mount reads it: from memory first, and else with a wait.</summary>
internal sealed class Handle(SimulatedSwarm swarm, IContentReader reader) : IDisposable
{
    private readonly ContentSegments _answer = new();

    /// <summary>Bytes answered.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Reads and forgets.</summary>
    /// <returns>How long it took.</returns>
    internal async Task<TimeSpan> ReadAsync(long offset, int length)
    {
        var start = swarm.Now;
        if (!reader.TryRead(offset, length, _answer))
        {
            await reader.ReadAsync(offset, length, _answer, CancellationToken.None);
        }

        Bytes += _answer.Length;
        _answer.Dispose();
        return swarm.Now - start;
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();
}
