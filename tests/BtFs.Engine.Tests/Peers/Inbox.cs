using System.Threading.Channels;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Tests.Peers;

/// <summary>Stands in for a torrent's loop: keeps the events in order.</summary>
internal sealed class Inbox
{
    private readonly Channel<TorrentEvent> _events = Channel.CreateUnbounded<TorrentEvent>();

    /// <summary>Events that nobody has taken yet.</summary>
    internal int Count => _events.Reader.Count;

    internal void Post(TorrentEvent e)
    {
        if (e is not TorrentEvent.BlocksReceived { Blocks.Count: > 1 } many)
        {
            Assert.True(_events.Writer.TryWrite(e));
            return;
        }

        // How many blocks one receive brings is chance: here each is an event of its own.
        foreach (var block in many.Blocks)
        {
            Post(new TorrentEvent.BlocksReceived(many.Peer, block));
        }
    }

    /// <summary>The next event, which must be a block.</summary>
    internal async Task<ReceivedBlock> NextBlockAsync() => Assert.Single((await NextAsync<TorrentEvent.BlocksReceived>()).Blocks);

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
