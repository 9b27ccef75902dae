using Microsoft.Extensions.Logging;

namespace BtFs.Engine;

/// <summary>The BitTorrent engine of one process: its listener, its limits, its caches and its torrents.</summary>
public sealed class TorrentEngine : IAsyncDisposable
{
    /// <summary>Starts listening; no torrent yet.</summary>
    /// <param name="options">Checked by the caller with <see cref="EngineOptions.Problems"/>.</param>
    /// <param name="time">The clock of everything in the engine.</param>
    /// <param name="random">The randomness of everything in the engine that needs no secrecy.</param>
    /// <param name="logs">Where the engine writes its log.</param>
    /// <exception cref="IOException">The cache directory cannot be used.</exception>
    public static TorrentEngine Start(EngineOptions options, TimeProvider time, Random random, ILoggerFactory logs) => new();

    /// <summary>The TCP port that listens for peers, or 0 when none could be had.</summary>
    public int ListenPort => 0;

    /// <summary>Joins a torrent's swarm.</summary>
    /// <exception cref="InvalidOperationException">That torrent is in the engine already.</exception>
    /// <exception cref="IOException">Its cache folder cannot be used, or another process has it.</exception>
    public Torrent Add(TorrentSource source) => new();

    /// <summary>Leaves every swarm, stops every task, and removes what must not be kept.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
