using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using BtFs.Protocol.Extensions;

namespace BtFs.Engine.Torrents;

/// <summary>Tells peers of each other, and hears of others from them (BEP 11). Never for a private torrent. Owned by the loop.</summary>
internal sealed class PeerExchange
{
    /// <summary>Between two messages to one peer (BEP 11).</summary>
    internal static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    /// <summary>How often peers may tell us in the long run; two may come at once.</summary>
    internal static readonly TimeSpan HearEvery = TimeSpan.FromSeconds(45);

    /// <summary>Messages too many after which a peer is let go.</summary>
    private const int MaxTooMany = 20;

    private const int Burst = 2;

    private readonly Dictionary<Peer, Conversation> _conversations = [];

    /// <summary>Time has passed: tells whoever is due what has changed.</summary>
    /// <param name="reachable">Where peers that are connected can be called.</param>
    /// <param name="peers">Everybody connected.</param>
    /// <param name="now">The loop's time.</param>
    internal void Tick(IReadOnlyDictionary<Peer, IPEndPoint> reachable, IReadOnlyList<Peer> peers, TimeSpan now)
    {
        foreach (var peer in peers)
        {
            if (peer.ExchangeExtension != 0 && Of(peer) is var conversation && now >= conversation.NextTelling && News(peer, conversation, reachable) is { } message)
            {
                conversation.NextTelling = now + TellEvery;
                peer.Send(message.ToMessage(peer.ExchangeExtension));
            }
        }
    }

    /// <summary>A peer tells of others.</summary>
    /// <returns>Those that may be called: no local addresses from far away, and of one address one port.</returns>
    /// <exception cref="Protocol.ProtocolViolationException">It tells far too often.</exception>
    internal IReadOnlyList<IPEndPoint> Hear(Peer peer, PeerExchangeMessage message, TimeSpan now)
    {
        var conversation = Of(peer);
        var credit = Math.Min(Burst, conversation.Credit + ((now - conversation.HeardAt) / HearEvery));
        conversation.HeardAt = now;
        conversation.Credit = credit >= 1 ? credit - 1 : credit;
        if (credit < 1)
        {
            return ++conversation.TooMany < MaxTooMany ? [] : throw new Protocol.ProtocolViolationException("tells of other peers all the time");
        }

        var teller = peer.Hello.Address.Address;
        return
        [
            .. message.Added
                .Select(added => added.Address)
                .Where(address => AddressScope.MayName(teller, address.Address))
                .DistinctBy(address => AddressScope.IsLocal(address.Address) ? (object)address : address.Address),
        ];
    }

    /// <summary>A peer is gone.</summary>
    internal void Forget(Peer peer) => _conversations.Remove(peer);

    /// <summary>What a peer does not know yet; null where that is nothing.</summary>
    private static PeerExchangeMessage? News(Peer peer, Conversation conversation, IReadOnlyDictionary<Peer, IPEndPoint> reachable)
    {
        var current = new Dictionary<IPEndPoint, Peer>();
        foreach (var (other, address) in reachable)
        {
            if (other != peer && !other.IsLeaving && AddressScope.MayName(peer.Hello.Address.Address, address.Address))
            {
                current.TryAdd(address, other);
            }
        }

        var added = current.Where(pair => !conversation.Told.Contains(pair.Key)).Take(PeerExchangeMessage.MaxPeers).ToList();
        var dropped = conversation.Told.Where(address => !current.ContainsKey(address)).Take(PeerExchangeMessage.MaxPeers).ToList();
        if (added.Count == 0 && dropped.Count == 0)
        {
            return null;
        }

        conversation.Told.UnionWith(added.Select(pair => pair.Key));
        conversation.Told.ExceptWith(dropped);
        return new PeerExchangeMessage([.. added.Select(pair => new ExchangedPeer(pair.Key, FlagsOf(pair.Value)))], dropped);
    }

    private static ExchangedPeerFlags FlagsOf(Peer peer) =>
        (peer.Pieces.IsSeed ? ExchangedPeerFlags.Seed : ExchangedPeerFlags.None)
        | (peer.Hello.IsUtp ? ExchangedPeerFlags.SupportsUtp : ExchangedPeerFlags.None)
        | (peer.Hello.CameEncrypted ? ExchangedPeerFlags.PrefersEncryption : ExchangedPeerFlags.None)
        | (peer.HolepunchExtension != 0 ? ExchangedPeerFlags.SupportsHolepunch : ExchangedPeerFlags.None)
        | (peer.Hello.IsIncoming ? ExchangedPeerFlags.None : ExchangedPeerFlags.Reachable);

    private Conversation Of(Peer peer)
    {
        if (!_conversations.TryGetValue(peer, out var conversation))
        {
            _conversations[peer] = conversation = new Conversation();
        }

        return conversation;
    }

    private sealed class Conversation
    {
        internal HashSet<IPEndPoint> Told { get; } = [];

        internal TimeSpan NextTelling { get; set; }

        internal TimeSpan HeardAt { get; set; }

        internal double Credit { get; set; } = Burst;

        internal int TooMany { get; set; }
    }
}
