using BtFs.Engine;
using BtFs.Engine.Layout;

namespace BtFs.Testing.Swarms.Readers;

/// <summary>One open handle, read as the mount reads it: from memory first, and else with a wait.</summary>
/// <param name="swarm">The swarm; where it keeps bytes, every answer is compared with the truth.</param>
/// <param name="file">The file.</param>
internal sealed class Handle(SimulatedSwarm swarm, int file) : IDisposable
{
    private readonly IContentReader _reader = swarm.Open(file);
    private readonly ContentSegments _answer = new();

    /// <summary>Bytes answered.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Reads and forgets.</summary>
    /// <returns>How long it took.</returns>
    internal async Task<TimeSpan> ReadAsync(long offset, int length)
    {
        var start = swarm.Now;
        if (!_reader.TryRead(offset, length, _answer))
        {
            await _reader.ReadAsync(offset, length, _answer, CancellationToken.None);
        }

        Compare(offset, length);
        Bytes += _answer.Length;
        _answer.Dispose();
        return swarm.Now - start;
    }

    private void Compare(long offset, int length)
    {
        if (_answer.Length != length || (swarm.KeepsBytes && !swarm.Content.IsTrue(swarm.Layout.StartOf(new FileIndex(file)) + offset, _answer.ToArray(0, length))))
        {
            throw new BrokenRuleException($"A read of {length} bytes at {offset} of file {file} was answered wrongly.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
