using BtFs.Engine.Layout;

namespace BtFs.Testing.Swarms.Readers;

/// <summary>Reads somewhere new, again and again, with a pause between: each read wants one piece that is not here.</summary>
internal sealed class RandomReader : ISimulatedReader
{
    private const int ReadLength = 64 * 1024;

    internal int File { get; init; }

    /// <summary>Between the end of a read and the next.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1.2);

    /// <summary>Before the first.</summary>
    internal TimeSpan StartAfter { get; init; } = TimeSpan.FromSeconds(2);

    internal ReadTimes Times { get; } = new();

    /// <inheritdoc/>
    public async Task RunAsync(SimulatedSwarm swarm, Random random)
    {
        using var handle = new Handle(swarm, File);
        await swarm.Delay(StartAfter);
        while (Missing(swarm, random) is { } offset)
        {
            Times.Add(await handle.ReadAsync(offset, ReadLength));
            await swarm.Delay(Pause);
        }
    }

    /// <summary>The start of a piece that nothing is known of; null when they become hard to find.</summary>
    private long? Missing(SimulatedSwarm swarm, Random random)
    {
        var first = swarm.Layout.StartOf(new FileIndex(File));
        var length = swarm.Layout.LengthOf(new FileIndex(File));
        for (var i = 0; i < 100; i++)
        {
            var piece = swarm.Layout.PieceAt(first + random.NextInt64(length - ReadLength));
            var offset = swarm.Layout.StartOf(piece) - first;
            if (offset >= 0 && offset + ReadLength <= length && swarm.Parts.Pieces[piece] == Engine.Torrents.PieceState.Missing)
            {
                return offset;
            }
        }

        return null;
    }
}
