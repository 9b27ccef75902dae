using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Requests;

/// <summary>INIT: what to agree on with the kernel. Pure.</summary>
internal static class Handshake
{
    public const uint Major = 7;

    /// <summary>Linux 5.4: the first with everything used here.</summary>
    public const uint OldestMinor = 31;

    /// <summary>The newest whose changes this code knows.</summary>
    public const uint NewestMinor = 45;

    /// <summary>Bytes of the longest READ. The kernel takes it in pages.</summary>
    public const int MaxRead = 1 << 20;

    /// <summary>
    /// Reads that may wait at once. With the kernel's 12, twenty stalled readers stop every buffered read of every file in the mount.
    /// </summary>
    public const int MaxBackground = 1024;

    private const int CongestionThreshold = 768;

    /// <summary>Bytes of the longest WRITE of a writable mount.</summary>
    public const int MaxWrite = 1 << 17;

    /// <summary>The kernel's least, where nothing is ever written.</summary>
    private const int LeastMaxWrite = 4096;

    /// <summary>
    /// Listings always bring the attributes: left to choose, the kernel asks for each file of a large folder by itself, which takes twice as long.
    /// Asynchronous reads let a waiting reader be killed without our help and double a sequential reader's speed. Not asked for, on purpose:
    /// ASYNC_DIO (its waiting readers cannot be killed at all), WRITEBACK_CACHE, AUTO_INVAL_DATA (content does not change), NO_OPEN (opens count).
    /// </summary>
    private const InitFlags Wanted =
        InitFlags.AsyncRead | InitFlags.ReadDirectoryPlus | InitFlags.ParallelDirectoryOperations
        | InitFlags.AbortError | InitFlags.MaxPages | InitFlags.CacheSymbolicLinks | InitFlags.NoOpenDirectory | InitFlags.ExplicitInvalidation
        | InitFlags.Extended | InitFlags.ExpireOnly | InitFlags.NoExport;

    private const int BitsPerWord = 32;

    /// <summary>Answers the kernel's offer.</summary>
    /// <param name="request">INIT, not yet taken from.</param>
    /// <param name="settings">Our own bounds, and whether anything is written.</param>
    /// <param name="answerWithin">Passed on into <paramref name="connection"/>.</param>
    /// <param name="answer">What to reply.</param>
    /// <param name="connection"><see langword="null"/> if the kernel is newer than protocol 7: it will ask again, with 7.</param>
    /// <returns><see langword="false"/> if the request makes no sense or the kernel is too old.</returns>
    public static bool TryAgree(
        ref FuseRequest request, ServerSettings settings, TimeSpan? answerWithin, out InitOut answer, out FuseConnection? connection)
    {
        answer = default;
        connection = null;
        if (!request.TryTake(out InitIn offer) || offer.Major < Major || (offer.Major == Major && offer.Minor < OldestMinor))
        {
            return false;
        }

        answer = new InitOut { Major = Major, Minor = Math.Min(offer.Minor, NewestMinor) };
        if (offer.Major > Major)
        {
            answer.Minor = NewestMinor;
            return true;
        }

        var offered = (InitFlags)offer.Flags;
        if (offered.HasFlag(InitFlags.Extended) && request.TryTake(out uint secondWord))
        {
            offered |= (InitFlags)((ulong)secondWord << BitsPerWord);
        }

        var flags = (ulong)(offered & (settings.IsWritable ? Wanted | InitFlags.BigWrites : Wanted));
        answer.Flags = (uint)(flags & uint.MaxValue);
        answer.Flags2 = (uint)(flags >> BitsPerWord);
        answer.MaxReadahead = Math.Min(offer.MaxReadahead, (uint)(settings.MaxReadahead ?? int.MaxValue));
        answer.MaxBackground = MaxBackground;
        answer.CongestionThreshold = CongestionThreshold;
        answer.MaxWrite = (uint)(settings.IsWritable ? MaxWrite : LeastMaxWrite);
        answer.MaxPages = (ushort)(MaxRead / Environment.SystemPageSize);
        answer.TimeGranularity = 1;
        connection = new FuseConnection((int)answer.Minor, MaxRead, (int)Math.Min(answer.MaxReadahead, int.MaxValue), MaxBackground, answerWithin);
        return true;
    }
}
