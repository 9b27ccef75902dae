using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace BtFs.Engine.Torrents;

/// <summary>The only way into a torrent's loop. Anybody posts, from any thread; the loop takes.</summary>
internal sealed class TorrentInbox
{
    private readonly Channel<TorrentEvent> _events = Channel.CreateUnbounded<TorrentEvent>(new() { SingleReader = true });

    /// <summary>Puts an event in line; once the inbox is closed, lets go of what it holds.</summary>
    internal void Post(TorrentEvent e)
    {
        if (!_events.Writer.TryWrite(e))
        {
            Discard(e);
        }
    }

    /// <summary>Completes when an event is in line; false when nothing is and the inbox has ended.</summary>
    /// <remarks>Takes no token: a wait that can be cancelled is an object each time, and the loop waits thousands of times a second.</remarks>
    internal ValueTask<bool> WaitAsync() => _events.Reader.WaitToReadAsync(CancellationToken.None);

    internal bool TryTake([NotNullWhen(true)] out TorrentEvent? e) => _events.Reader.TryRead(out e);

    /// <summary>Nothing gets in any more; what is in line can still be taken. Any thread.</summary>
    internal void End() => _events.Writer.TryComplete();

    /// <summary>Nothing gets in any more, and what is in line is let go.</summary>
    internal void Close()
    {
        End();
        while (TryTake(out var left))
        {
            Discard(left);
        }
    }

    private static void Discard(TorrentEvent e)
    {
        switch (e)
        {
            case TorrentEvent.PieceVerified { Proof: { } proof }: proof.Bytes.Release(); break;
            case TorrentEvent.BlockLoaded { Bytes: { } bytes }: bytes.Dispose(); break;
            case TorrentEvent.PeerConnected connected: connected.Peer.Close("closing"); break;
            case TorrentEvent.ReadWaits read: read.Wish.GiveUp("The torrent is closing."); break;
            case TorrentEvent.ReportAsked asked: asked.Answer.TrySetException(new ContentUnavailableException("The torrent is closing.")); break;
            default: break;
        }
    }
}
