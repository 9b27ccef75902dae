using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Torrents;

/// <summary>Serves what is cached to peers that were unchoked. Owned by the loop, but for the reads from disk it starts.</summary>
internal sealed class Uploads(TransferParts parts, Action<TorrentEvent> post) : IAsyncDisposable
{
    /// <summary>Requests of one peer that are remembered; more are rejected (BEP 6) or dropped.</summary>
    internal const int MaxWanted = 500;

    /// <summary>Requests of one peer that make no sense before it is sent away.</summary>
    internal const int MaxInvalid = 50;

    /// <summary>Requests of one peer that may be refused within <see cref="RefusedWithin"/>: an honest one asks for no more than its queue holds, choke by choke.</summary>
    internal const int MaxRefused = 2_000;

    /// <summary>See <see cref="MaxRefused"/>.</summary>
    internal static readonly TimeSpan RefusedWithin = TimeSpan.FromSeconds(10);

    /// <summary>Blocks handed to a wire ahead of what the system has taken: enough to keep it busy, little enough to stay cancellable.</summary>
    internal const long MaxQueuedBytes = 256 * 1024;

    /// <summary>Reads from disk for peers at a time, so that they never stand in a reader's way.</summary>
    internal const int MaxReads = 4;

    private readonly HashSet<Task> _reads = [];
    private int _reading;
    private int _turn;
    private readonly CancellationTokenSource _stop = new();

    internal long BytesSent { get; private set; }

    /// <summary>A peer asks for a block.</summary>
    /// <returns>False when the peer has asked for nonsense too often.</returns>
    internal bool OnRequest(Peer peer, PeerMessage.Request request)
    {
        if (!IsSensible(request))
        {
            return ++peer.InvalidRequests <= MaxInvalid;
        }

        if (peer.IsChoked || peer.Wanted.Count >= MaxWanted || !parts.Pieces.Has(new PieceIndex(request.Piece)))
        {
            peer.RefusedRequests++;
            Reject(peer, request);
            return true;
        }

        peer.Wanted.AddLast(request);
        return true;
    }

    internal void OnCancel(Peer peer, PeerMessage.Cancel cancel)
    {
        var request = new PeerMessage.Request(cancel.Piece, cancel.Begin, cancel.Length);
        if (peer.Wanted.Remove(request))
        {
            Reject(peer, request);
        }
    }

    /// <summary>A block for a peer was read from disk, or was not there any more.</summary>
    internal void OnLoaded(Peer? peer, PeerMessage.Request request, ContentSegments? bytes)
    {
        // Counted apart from the tasks: one that has just told of its end need not have ended yet.
        _reading--;
        _reads.RemoveWhere(read => read.IsCompleted);
        if (peer is not null && !peer.IsChoked && bytes is not null)
        {
            SendBlock(peer, request, bytes);
            return;
        }

        bytes?.Dispose();
        if (peer is not null)
        {
            Reject(peer, request);
        }
    }

    /// <summary>Hands each wire as much as it should hold; another peer comes first each time, since they share the disk.</summary>
    internal void Pump(IReadOnlyList<Peer> peers)
    {
        _turn = peers.Count == 0 ? 0 : (_turn + 1) % peers.Count;
        for (var i = 0; i < peers.Count; i++)
        {
            Pump(peers[(i + _turn) % peers.Count]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reads);
        _stop.Dispose();
    }

    private void Pump(Peer peer)
    {
        while (peer.Wanted.First is { } first && peer.Wire.BytesQueued < MaxQueuedBytes)
        {
            var request = first.Value;
            var slice = new PieceSlice(new PieceIndex(request.Piece), request.Begin, request.Length);
            var bytes = new ContentSegments();
            if (parts.Store.TryRead(slice, bytes))
            {
                peer.Wanted.RemoveFirst();
                SendBlock(peer, request, bytes);
            }
            else if (_reading < MaxReads)
            {
                peer.Wanted.RemoveFirst();
                _reading++;
                _reads.Add(LoadAsync(peer.Wire, request, slice, bytes));
            }
            else
            {
                return;
            }
        }
    }

    private async Task LoadAsync(IPeerWire wire, PeerMessage.Request request, PieceSlice slice, ContentSegments into)
    {
        try
        {
            var isHere = await parts.Store.ReadAsync(slice, into, _stop.Token);
            post(new TorrentEvent.BlockLoaded(wire, request, isHere ? into : null));
        }
        catch (OperationCanceledException)
        {
            into.Dispose();
        }
    }

    private void SendBlock(Peer peer, PeerMessage.Request request, ContentSegments bytes)
    {
        peer.Wire.SendBlock(new BlockRef(new PieceIndex(request.Piece), request.Begin, request.Length), bytes);
        peer.NeedsFlush = true;
        peer.BytesTo += request.Length;
        BytesSent += request.Length;
    }

    private bool IsSensible(PeerMessage.Request request)
    {
        var piece = new PieceIndex(request.Piece);
        return parts.Layout.Contains(piece)
            && request.Length is > 0 and <= TorrentLayout.BlockLength
            && request.Begin >= 0
            && (long)request.Begin + request.Length <= parts.Layout.LengthOf(piece);
    }

    private static void Reject(Peer peer, PeerMessage.Request request)
    {
        if (peer.Hello.Fast)
        {
            peer.Send(new PeerMessage.RejectRequest(request.Piece, request.Begin, request.Length));
        }
    }
}
