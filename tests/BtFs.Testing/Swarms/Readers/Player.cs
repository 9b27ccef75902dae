using BtFs.Engine.Layout;

namespace BtFs.Testing.Swarms.Readers;

/// <summary>Plays a film at its rate from a few seconds of buffer, and jumps somewhere else now and then.</summary>
internal sealed class Player : ISimulatedReader
{
    private const int ReadLength = 128 * 1024;

    internal int File { get; init; }

    /// <summary>Bytes of film for each second.</summary>
    internal double Rate { get; init; } = 625_000;

    /// <summary>How much film it keeps read ahead, in seconds.</summary>
    internal double BufferSeconds { get; init; } = 2;

    /// <summary>Film shown between two jumps.</summary>
    internal TimeSpan SeekEvery { get; init; } = TimeSpan.FromSeconds(10);

    internal int Seeks { get; init; } = int.MaxValue;

    /// <summary>Times of the first read after each jump.</summary>
    internal ReadTimes FirstReads { get; } = new();

    /// <summary>Times that the picture stood still between jumps.</summary>
    internal int Stalls { get; private set; }

    /// <summary>How long it stood still in all.</summary>
    internal TimeSpan Stalled { get; private set; }

    /// <summary>Bytes of film read.</summary>
    internal long Bytes { get; private set; }

    /// <inheritdoc/>
    public async Task RunAsync(SimulatedSwarm swarm, Random random)
    {
        var length = swarm.Layout.LengthOf(new FileIndex(File));
        using var handle = new Handle(swarm, File);
        for (var seek = 0; seek <= Seeks; seek++)
        {
            var at = seek == 0 ? 0 : random.NextInt64(Math.Max(1, length - (long)(Rate * SeekEvery.TotalSeconds)));
            await PlayAsync(swarm, handle, at, length);
        }
    }

    private async Task PlayAsync(SimulatedSwarm swarm, Handle handle, long from, long length)
    {
        FirstReads.Add(await handle.ReadAsync(from, (int)Math.Min(ReadLength, length - from)));
        var shownSince = swarm.Now;
        var end = Math.Min(length, from + (long)(Rate * SeekEvery.TotalSeconds));
        for (var at = from + ReadLength; at < end; at += ReadLength)
        {
            // When the picture gets there, and when the buffer has room for it.
            var due = shownSince + TimeSpan.FromSeconds((at - from) / Rate);
            var wait = due - TimeSpan.FromSeconds(BufferSeconds) - swarm.Now;
            if (wait > TimeSpan.Zero)
            {
                await swarm.Delay(wait);
            }

            await handle.ReadAsync(at, (int)Math.Min(ReadLength, length - at));
            Bytes = handle.Bytes;
            if (swarm.Now > due)
            {
                Stalls++;
                Stalled += swarm.Now - due;
                shownSince += swarm.Now - due;
            }
        }

        // What is in the buffer is shown before the next jump.
        var left = shownSince + TimeSpan.FromSeconds((end - from) / Rate) - swarm.Now;
        if (left > TimeSpan.Zero)
        {
            await swarm.Delay(left);
        }
    }
}
