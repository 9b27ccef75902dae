namespace BtFs.Engine;

/// <summary>One torrent that the engine has joined.</summary>
public sealed class Torrent : IAsyncDisposable
{
    /// <summary>Completes when the info dictionary is known: at once for a .torrent, when a peer has sent it for a magnet.</summary>
    /// <remarks>Fails with <see cref="ContentUnavailableException"/> when the torrent is closed before that.</remarks>
    public Task<ITorrentContent> Content { get; } = new TaskCompletionSource<ITorrentContent>().Task;

    /// <summary>How things stand now.</summary>
    public TorrentStatus Status => new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Fails every waiting read at once with <see cref="ContentUnavailableException"/>, and every later one that would have to wait.</summary>
    public void FailReads()
    {
    }

    /// <summary>Says goodbye to trackers (within 3 s) and peers, and lets go of everything.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
