using BtFs.Engine.Layout;

namespace BtFs.Testing.Swarms.Readers;

/// <summary>Reads a file from its start to its end as fast as it comes: cp.</summary>
/// <remarks>128 KiB at a time, one after another, as the kernel asks for a copy that is not ahead of us.</remarks>
internal sealed class Copier : ISimulatedReader
{
    private const int ReadLength = 128 * 1024;

    internal int File { get; init; }

    /// <summary>Before the first read.</summary>
    internal TimeSpan StartAfter { get; init; }

    /// <summary>Bytes read so far.</summary>
    internal long Bytes { get; private set; }

    /// <summary>When the last read was answered.</summary>
    internal TimeSpan LastAnswer { get; private set; }

    internal ReadTimes Times { get; } = new();

    /// <inheritdoc/>
    public async Task RunAsync(SimulatedSwarm swarm, Random random)
    {
        var length = swarm.Layout.LengthOf(new FileIndex(File));
        using var handle = new Handle(swarm, File);
        await swarm.Delay(StartAfter);
        for (long at = 0; at < length; at += ReadLength)
        {
            Times.Add(await handle.ReadAsync(at, (int)Math.Min(ReadLength, length - at)));
            Bytes = handle.Bytes;
            LastAnswer = swarm.Now;
        }
    }
}
