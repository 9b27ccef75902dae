namespace BtFs.Engine.Storage.Limits;

/// <summary>When room is made in the cache, and how much. Pure.</summary>
/// <param name="Limit">Bytes that the cache may take on the disk, 0 or more.</param>
/// <param name="Floor">Bytes of the file system that must stay free.</param>
/// <remarks>
/// Room is made from 95 % on, down to 90 %: a cache that is full evicts a twentieth at a time, instead of something at each write,
/// and what it lost it tells its peers at once.
/// </remarks>
internal readonly record struct CacheMarks(long Limit, long Floor)
{
    /// <summary>Freed beyond what is missing when the file system is about to be too full: a twentieth of what is there, and no more than this.</summary>
    private const long MostSlack = 64L << 20;

    /// <summary>From here on room is made.</summary>
    internal long High => Limit - (Limit / 20);

    /// <summary>Room is made down to this.</summary>
    internal long Low => Limit - (Limit / 10);

    /// <summary>What the options mean on a file system.</summary>
    internal static CacheMarks On(DiskSpace space, EngineOptions options) => new(options.CacheLimit.On(space.Total), options.CacheMinFree.On(space.Total));

    /// <summary>Whether there is room without making any.</summary>
    internal bool HasRoom(long total, long available, long need) => total + need <= High && available - need >= Floor;

    /// <summary>Whether so much may be written at all.</summary>
    internal bool Allows(long total, long available, long need) => total + need <= Limit && available - need >= Floor;

    /// <summary>Bytes to be freed before so much is written; 0 when there is room, or when no freeing would make any.</summary>
    /// <param name="total">Bytes of the whole cache.</param>
    /// <param name="available">Bytes free on the file system.</param>
    /// <param name="need">Bytes to be written.</param>
    internal long ToFree(long total, long available, long need)
    {
        if (need > Low || HasRoom(total, available, need))
        {
            return 0;
        }

        var overLimit = total + need > High ? total + need - Low : 0;
        var underFloor = available - need < Floor ? Floor + need - available + Math.Min(total / 20, MostSlack) : 0;
        return Math.Max(overLimit, underFloor);
    }
}
