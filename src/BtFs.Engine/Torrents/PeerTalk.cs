using System.Net;
using BtFs.Engine.Peers;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Torrents;

/// <summary>What a peer says, put down in what we know of it; what needs more is the phase's.</summary>
internal sealed class PeerTalk(LoopContext context, Swarm swarm)
{
    /// <summary>Our own message ids (BEP 10): what peers put on messages to us.</summary>
    private const byte MetadataId = 1;
    private const byte DontHaveId = 2;
    private const byte ExchangeId = 3;
    private const byte HolepunchId = 4;

    /// <summary>Requests that we let a peer have outstanding (`reqq`).</summary>
    private const int RequestQueue = Uploads.MaxWanted;

    private readonly PeerExchange _exchange = new();
    private readonly Holepunching _punching = new(context, swarm);

    /// <summary>Tells a new peer what we can, or one that we have told before what is different now.</summary>
    /// <param name="peer">Who.</param>
    /// <param name="metadataBytes">The info dictionary's length, or null.</param>
    /// <param name="isPrivate">Whether peers are exchanged with trackers alone; false as long as nobody knows.</param>
    internal void Greet(Peer peer, int? metadataBytes, bool isPrivate)
    {
        var port = context.Ports.TcpFor(peer.Hello.Address.Address);
        if (peer.Hello.Extended)
        {
            peer.Send(new ExtensionHandshake
            {
                Ids = new Dictionary<string, byte>
                {
                    [ExtensionNames.DontHave] = DontHaveId,
                    [ExtensionNames.Holepunch] = isPrivate || !context.Options.Transports.HasFlag(PeerTransports.Utp) ? (byte)0 : HolepunchId,
                    [ExtensionNames.Metadata] = MetadataId,
                    [ExtensionNames.PeerExchange] = isPrivate ? (byte)0 : ExchangeId,
                },
                Client = "BtFs 0.1",
                ListenPort = port == 0 ? null : (ushort)port,
                RequestQueue = RequestQueue,
                MetadataBytes = metadataBytes,
                YourAddress = peer.Hello.Address.Address,
            }.ToMessage());
        }
    }

    /// <summary>Tells peers of each other. To be called at each tick, and not for a private torrent.</summary>
    internal void Exchange(TimeSpan now) => _exchange.Tick(swarm.Reachable, swarm.Peers, now);

    /// <summary>A peer is gone.</summary>
    internal void Forget(Peer peer)
    {
        _exchange.Forget(peer);
        _punching.Forget(peer);
    }

    /// <summary>An address could not be called: a peer may help.</summary>
    internal void DialFailed(IPEndPoint address)
    {
        if (!swarm.WasCutShort(address))
        {
            _punching.DialFailed(address);
        }
    }

    /// <summary>Tells a peer who we are and where we can be reached.</summary>
    internal void Introduce(Peer peer, TorrentPhase phase)
    {
        Greet(peer, phase.MetadataBytes, phase.IsPrivate);
        if (!phase.IsPrivate && peer.Hello.Dht && context.TellsDhtPort)
        {
            peer.Send(new PeerMessage.Port((ushort)context.Ports.UdpFor(peer.Hello.Address.Address)));
        }
    }

    /// <summary>Takes one message.</summary>
    /// <exception cref="ProtocolViolationException">It breaks the protocol.</exception>
    internal void Hear(Peer peer, PeerMessage message, TorrentPhase phase, TimeSpan now)
    {
        switch (message)
        {
            case PeerMessage.Choke:
                peer.ChokesUs = true;
                if (!peer.Hello.Fast)
                {
                    phase.OnRequestsVoid(peer);
                }

                break;
            case PeerMessage.Unchoke: peer.ChokesUs = false; break;
            case PeerMessage.Interested: peer.IsInterested = true; phase.OnInterest(peer, now); break;
            case PeerMessage.NotInterested: peer.IsInterested = false; break;
            case PeerMessage.Have have: peer.Pieces.Add(have.Piece); phase.OnPiecesChanged(peer); break;
            case PeerMessage.Bitfield bitfield: peer.Pieces.SetBits(bitfield.Bits); phase.OnPiecesChanged(peer); break;
            case PeerMessage.HaveAll: peer.Pieces.SetAll(); phase.OnPiecesChanged(peer); break;
            case PeerMessage.HaveNone: peer.Pieces.SetNone(); break;
            case PeerMessage.AllowedFast allowed: Allow(peer, allowed.Piece); break;
            case PeerMessage.Request request: Request(peer, request, phase, now); break;
            case PeerMessage.Cancel cancel: phase.OnCancel(peer, cancel); break;
            case PeerMessage.RejectRequest reject: phase.OnReject(peer, reject); break;
            case PeerMessage.Port { Value: not 0 } port when peer.Hello.Dht: context.Links.MeetNode(new IPEndPoint(peer.Hello.Address.Address, port.Value)); break;
            case PeerMessage.Extended extended: HearExtended(peer, extended, phase, now); break;
            default: break;
        }
    }

    private static void Request(Peer peer, PeerMessage.Request request, TorrentPhase phase, TimeSpan now)
    {
        if (now - peer.RefusedSince >= Uploads.RefusedWithin)
        {
            (peer.RefusedSince, peer.RefusedRequests) = (now, 0);
        }

        if (!phase.OnRequest(peer, request))
        {
            throw new ProtocolViolationException($"asked for {Uploads.MaxInvalid} blocks that do not exist");
        }

        if (peer.RefusedRequests > Uploads.MaxRefused)
        {
            throw new ProtocolViolationException("goes on asking for what it is refused");
        }
    }

    private static void Allow(Peer peer, int piece)
    {
        // A peer grants a handful (BEP 6); one that grants thousands only wants memory.
        if (peer.AllowedFast.Count < 64)
        {
            peer.AllowedFast.Add(piece);
        }
    }

    private void HearExtended(Peer peer, PeerMessage.Extended extended, TorrentPhase phase, TimeSpan now)
    {
        switch (extended.ExtensionId)
        {
            case 0:
                Learn(peer, ExtensionHandshake.Read(extended.Payload), now);
                phase.OnExtensions(peer);
                break;
            case MetadataId:
                phase.OnMetadata(peer, MetadataMessage.Read(extended.Payload), now);
                break;
            case DontHaveId:
                peer.Pieces.Remove(DontHaveMessage.Read(extended.Payload.Span).Piece);
                break;
            case ExchangeId when !phase.IsPrivate:
                HearOfOthers(peer, PeerExchangeMessage.Read(extended.Payload), now);
                break;
            case HolepunchId when !phase.IsPrivate && HolepunchMessage.Read(extended.Payload.Span) is { } message:
                _punching.Hear(peer, message, now);
                break;
            default:
                break;
        }
    }

    private void HearOfOthers(Peer peer, PeerExchangeMessage message, TimeSpan now)
    {
        var heard = _exchange.Hear(peer, message, now);
        swarm.Learn(heard, areNamed: false);
        foreach (var (address, flags) in message.Added.Where(added => heard.Contains(added.Address)))
        {
            _punching.Introduced(address, peer);
            if (flags.HasFlag(ExchangedPeerFlags.SupportsUtp))
            {
                swarm.SpeaksUtp(address);
            }
        }
    }

    private void Learn(Peer peer, ExtensionHandshake hello, TimeSpan now)
    {
        // A later handshake changes what it names and leaves the rest; id 0 switches an extension off.
        peer.Client = hello.Client ?? peer.Client;
        if (hello.Ids.TryGetValue(ExtensionNames.Metadata, out var metadata))
        {
            peer.MetadataExtension = metadata;
        }

        if (hello.Ids.TryGetValue(ExtensionNames.DontHave, out var dontHave))
        {
            peer.DontHaveExtension = dontHave;
        }

        if (hello.Ids.TryGetValue(ExtensionNames.PeerExchange, out var exchange))
        {
            peer.ExchangeExtension = exchange;
        }

        if (hello.Ids.TryGetValue(ExtensionNames.Holepunch, out var holepunch))
        {
            peer.HolepunchExtension = holepunch;
        }

        peer.SeesUsAt = hello.YourAddress ?? peer.SeesUsAt;
        if (hello.ListenPort is { } port)
        {
            swarm.ListensAt(peer, port, now);
        }

        if (hello.YourAddress is { } ours)
        {
            context.External.Add(peer.Hello.Address.Address, ours);
        }

        peer.MetadataSize = hello.MetadataBytes ?? peer.MetadataSize;
        if (hello.RequestQueue is { } limit)
        {
            peer.RequestLimit = Math.Clamp(limit, 1, Peer.MaxRequestLimit);
        }
    }
}
