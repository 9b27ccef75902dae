using System.Net;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Torrents;

/// <summary>The loop's reach into the world: dials, trackers, and the word that the info dictionary is here.</summary>
internal sealed class TorrentOutside : ITorrentLinks, IAsyncDisposable
{
    private readonly TaskCompletionSource<byte[]> _metadata = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineParts _parts;
    private readonly PeerSessions _sessions;

    internal TorrentOutside(
        TorrentSource source, EngineParts parts, PeerSessions sessions, TorrentInbox inbox, Func<(long Downloaded, long Uploaded, long? Left)> totals)
    {
        _parts = parts;
        _sessions = sessions;
    }

    /// <summary>The info dictionary's bytes, once the loop has them and their hash is right.</summary>
    internal Task<byte[]> Metadata => _metadata.Task;

    /// <inheritdoc/>
    public void Dial(IPEndPoint address) => _parts.Dialer.Dial(address, _sessions);

    /// <inheritdoc/>
    public void FindPeers()
    {
    }

    /// <inheritdoc/>
    public void MetadataArrived(byte[] info) => _metadata.TrySetResult(info);

    /// <summary>Tells the trackers that we leave, for as long as 3 s.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
