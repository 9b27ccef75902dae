using BtFs.Engine.Metadata;
using BtFs.Engine.Peers;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Torrents;

/// <summary>A magnet's first phase: the info dictionary comes from peers (BEP 9). What they say of pieces is kept for later.</summary>
internal sealed class Resolving(InfoHash infoHash, Swarm swarm, ITorrentLinks links) : TorrentPhase
{
    /// <summary>After so long without an answer nobody is in a hurry any more, or there is no such torrent.</summary>
    private static readonly TimeSpan HurryEnds = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan EagerPace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PatientPace = TimeSpan.FromSeconds(1);

    private readonly MetadataFetch _fetch = new(infoHash);
    private bool _isDone;
    private bool _isPatient;

    /// <summary>Whether the .torrent says that it is private; a magnet tells later.</summary>
    internal bool IsKnownPrivate { get; init; }

    internal override bool IsPrivate => IsKnownPrivate;

    internal long BytesReceived => _fetch.BytesReceived;

    /// <summary>The size that most peers name, or 0.</summary>
    internal long Size => _fetch.Size;

    internal override int? MetadataBytes => null;

    internal override bool IsEager => !_isDone && !_isPatient;

    internal override bool IsStarved(TimeSpan now) => IsEager;

    internal override TimeSpan Pace => _isPatient ? PatientPace : EagerPace;

    internal override void Greet(Peer peer)
    {
        if (peer.Hello.Fast)
        {
            peer.Send(new PeerMessage.HaveNone());
        }

        // Whatever the torrent holds, we shall want it: a peer with a free place unchokes us while its info dictionary is still on its way.
        peer.WeAreInterested = true;
        peer.Send(new PeerMessage.Interested());
    }

    internal override void OnExtensions(Peer peer) => _fetch.Offer(peer);

    internal override void OnMetadata(Peer peer, MetadataMessage message, TimeSpan now)
    {
        switch (message)
        {
            case MetadataMessage.Request request when peer.MetadataExtension != 0:
                peer.Send(new MetadataMessage.Reject(request.Piece).ToMessage(peer.MetadataExtension));
                break;
            case MetadataMessage.Reject reject:
                _fetch.OnReject(peer, reject.Piece, now);
                break;
            case MetadataMessage.Data data:
                OnData(peer, data, now);
                break;
            default:
                break;
        }
    }

    internal override void OnGone(Peer peer) => _fetch.OnGone(peer);

    internal override void EndTurn(TimeSpan now, bool isTick)
    {
        _isPatient = now >= HurryEnds;
        if (_isDone)
        {
            return;
        }

        foreach (var (peer, piece) in _fetch.Plan(now))
        {
            peer.Send(new MetadataMessage.Request(piece).ToMessage(peer.MetadataExtension));
        }
    }

    private void OnData(Peer peer, MetadataMessage.Data data, TimeSpan now)
    {
        if (_isDone)
        {
            return;
        }

        var info = _fetch.OnData(peer, data.Piece, data.Bytes.Span, now, out var liar);
        if (liar is not null)
        {
            swarm.Ban(liar.Hello.Address.Address, "sent metadata that is not the torrent's");
        }

        if (info is not null)
        {
            _isDone = true;
            links.MetadataArrived(info);
        }
    }
}
