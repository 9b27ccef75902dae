using BtFs.Engine.Storage.Limits;
using BtFs.Engine.Verifying;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Storage;

/// <summary>What the stores of all torrents of the process have in common.</summary>
/// <param name="Memory">The block cache.</param>
/// <param name="Buffers">Memory for pieces and for what is read back from disk.</param>
/// <param name="Time">For how long a failing disk is left alone.</param>
/// <param name="Log">Where disk trouble is told.</param>
internal sealed record SharedStorage(BlockCache Memory, SharedBufferPool Buffers, TimeProvider Time, ILogger Log)
{
    /// <summary>How much may lie on the disk; null for no limit.</summary>
    internal CacheBudget? Budget { get; init; }

    /// <summary>The machine's start, see <see cref="SystemBoot"/>.</summary>
    internal Guid Boot { get; init; } = SystemBoot.Id;

    /// <summary>Bytes of dead records that an index may always keep, see <see cref="IndexJournal.UsualSlack"/>.</summary>
    internal long IndexSlack { get; init; } = IndexJournal.UsualSlack;
}
