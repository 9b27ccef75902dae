using System.Threading.Channels;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Tests.Peers;

/// <summary>Stands in for a torrent's loop: keeps the events in order.</summary>
internal sealed class Inbox
{
    private readonly Channel<TorrentEvent> _events = Channel.CreateUnbounded<TorrentEvent>();

    /// <summary>Events that nobody has taken yet.</summary>
    internal int Count => _events.Reader.Count;

    internal void Post(TorrentEvent e) => Assert.True(_events.Writer.TryWrite(e));

    /// <summary>The next event, which must be of that kind.</summary>
    internal async Task<TEvent> NextAsync<TEvent>()
        where TEvent : TorrentEvent => Assert.IsType<TEvent>(await _events.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience));

    /// <summary>The next event of that kind, passing over others.</summary>
    internal async Task<TEvent> FindAsync<TEvent>()
        where TEvent : TorrentEvent
    {
        while (true)
        {
            if (await _events.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience) is TEvent found)
            {
                return found;
            }
        }
    }

    internal IEnumerable<TorrentEvent> TakeAll()
    {
        while (_events.Reader.TryRead(out var e))
        {
            yield return e;
        }
    }
}
