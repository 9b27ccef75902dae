using BtFs.Engine;
using BtFs.Engine.Peers;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Testing.Swarms;

/// <summary>The torrent, our side of the network, and what is asked of the engine.</summary>
internal sealed record SwarmShape
{
    /// <summary>The same seed gives the same run.</summary>
    internal int Seed { get; init; } = 1;
    internal int PieceLength { get; init; } = 256 * 1024;

    /// <summary>Bytes of each file.</summary>
    internal IReadOnlyList<long> FileLengths { get; init; } = [4 << 20];
    internal int MaxPeers { get; init; } = 80;

    /// <summary>The torrent's part of a process's connections; null for as many as it likes.</summary>
    internal ConnectionShare? Share { get; init; }
    internal TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Whether the info dictionary has to come from peers.</summary>
    internal bool IsMagnet { get; init; }

    /// <summary>Whether peers come from its trackers only (BEP 27).</summary>
    internal bool IsPrivate { get; init; }

    /// <summary>The files that are wanted; none for all.</summary>
    internal IReadOnlyList<FileRange> Selected { get; init; } = [];

    /// <summary>What is fetched that nobody reads.</summary>
    internal PrefetchPolicy Prefetch { get; init; }

    /// <summary>Bytes per second that our link lets in; null is no limit.</summary>
    internal double? LinkRate { get; init; }

    /// <summary>Seconds of its rate that wait before our link.</summary>
    internal double LinkDepth { get; init; } = 0.1;

    /// <summary>Whether every byte is kept and compared; if not, a piece counts as right when no spoilt block went into it.</summary>
    internal bool KeepsBytes { get; init; } = true;

    /// <summary>Where the loop writes.</summary>
    internal ILogger Log { get; init; } = NullLogger.Instance;
}
