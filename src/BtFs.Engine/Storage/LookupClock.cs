using Microsoft.Extensions.Internal;

namespace BtFs.Engine.Storage;

/// <summary>Time as the block cache needs it: one tick for each lookup. The order of use is exact, whatever the wall clock does.</summary>
internal sealed class LookupClock : ISystemClock
{
    private long _lookups;

    /// <inheritdoc/>
    public DateTimeOffset UtcNow => new(Interlocked.Increment(ref _lookups), TimeSpan.Zero);
}
