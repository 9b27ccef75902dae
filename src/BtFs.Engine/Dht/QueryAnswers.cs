using System.Buffers;
using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>Answers what others ask, from what we know and keep. Owned by <see cref="DhtNode"/>.</summary>
/// <param name="peers">Peers that were announced to us.</param>
/// <param name="tableOf">The table of a family; null where we take no part in it.</param>
internal sealed class QueryAnswers(AnnouncedPeers peers, Func<DhtFamilies, RoutingTable?> tableOf)
{
    private const int BytesOfPeer = 8;
    private const int BytesOfNode = 26;

    private readonly KeptItems _items = new();
    private readonly AnnounceTokens _tokens = new();
    private readonly ArrayBufferWriter<byte> _output = new(KrpcMessage.MaxBytes);

    /// <summary>The answer to a query, ready to be sent; valid until the next one.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="queryBytes">The length of its packet.</param>
    /// <param name="from">Who asks, or so the packet says.</param>
    /// <param name="now">The moment.</param>
    internal ReadOnlySpan<byte> Answer(KrpcMessage.Query query, int queryBytes, IPEndPoint from, TimeSpan now)
    {
        var family = CompactAddress.FamilyOf(from.Address);
        var table = tableOf(family)!;
        var (answer, error) = AnswerOrError(query, table, family, from, now);
        if (answer is null)
        {
            Write(new KrpcMessage.Error(query.Transaction, error.Code, error.Text) { YourAddress = from });
            return _output.WrittenSpan;
        }

        // Who has answered us at this address is really there; anybody else may be a victim.
        Fit(answer, query.Transaction, from, table.Knows(from) ? KrpcMessage.MaxSentBytes : Math.Min(queryBytes * DhtLimits.Amplification, KrpcMessage.MaxSentBytes));
        return _output.WrittenSpan;
    }

    /// <summary>Forgets what is too old. To be called now and then.</summary>
    internal void Expire(TimeSpan now)
    {
        peers.Expire(now);
        _items.Expire(now);
    }

    private (DhtReply? Answer, (int Code, string Text) Error) AnswerOrError(
        KrpcMessage.Query query, RoutingTable table, DhtFamilies family, IPEndPoint from, TimeSpan now)
    {
        var plain = new DhtReply(table.Self);
        switch (query.Asked)
        {
            case DhtQuery.Ping: return (plain, default);
            case DhtQuery.FindNode find: return (WithNodes(plain, find.Target, find.Want, family, from), default);
            case DhtQuery.GetPeers get: return (GetPeers(plain, get, family, from, now), default);
            case DhtQuery.SampleInfohashes sample: return (Sample(WithNodes(plain, sample.Target, sample.Want, family, from), now), default);
            case DhtQuery.Get get:
                return (WithNodes(plain, get.Target, get.Want, family, from) with
                {
                    Token = _tokens.For(from.Address, get.Target, now),
                    Value = _items.Find(get.Target, now),
                }, default);
            case DhtQuery.AnnouncePeer announce: return Announced(announce, plain, from, now);
            case DhtQuery.Put put: return Put(put, plain, from, now);
            case DhtQuery.Malformed malformed: return (null, (KrpcErrorCode.Protocol, malformed.Fault));
            default: return (null, (KrpcErrorCode.MethodUnknown, "unknown query"));
        }
    }

    private DhtReply GetPeers(DhtReply plain, DhtQuery.GetPeers get, DhtFamilies family, IPEndPoint from, TimeSpan now)
    {
        var scrape = get.Scrape ? peers.Scrape(get.Torrent) : null;
        return WithNodes(plain, NodeId.Of(get.Torrent), get.Want, family, from) with
        {
            Token = _tokens.For(from.Address, NodeId.Of(get.Torrent), now),
            Peers = [.. peers.Pick(get.Torrent, family, get.NoSeeds, DhtLimits.PeersInReply).Where(peer => AddressScope.MayName(from.Address, peer.Address))],
            Seeds = scrape?.Seeds,
            Leechers = scrape?.Leechers,
        };
    }

    private (DhtReply? Answer, (int Code, string Text) Error) Announced(DhtQuery.AnnouncePeer announce, DhtReply plain, IPEndPoint from, TimeSpan now)
    {
        if (!_tokens.IsValid(announce.Token.Span, from.Address, NodeId.Of(announce.Torrent), now))
        {
            return (null, (KrpcErrorCode.Protocol, "bad token"));
        }

        var peer = new IPEndPoint(from.Address, announce.UsesSourcePort ? from.Port : announce.Port);
        return peers.Add(announce.Torrent, peer, announce.IsSeed, plain.Sender, now) ? (plain, default) : (null, (KrpcErrorCode.Server, "no room"));
    }

    private (DhtReply? Answer, (int Code, string Text) Error) Put(DhtQuery.Put put, DhtReply plain, IPEndPoint from, TimeSpan now)
    {
        if (put.IsMutable)
        {
            return (null, (KrpcErrorCode.Server, "mutable items are not kept here"));
        }

        if (put.Value.Length > DhtLimits.ItemBytes)
        {
            return (null, (KrpcErrorCode.ValueTooBig, "v is above 1000 bytes"));
        }

        if (!put.IsCanonical || !_tokens.IsValid(put.Token.Span, from.Address, KeptItems.PlaceOf(put.Value.Span), now))
        {
            return (null, (KrpcErrorCode.Protocol, put.IsCanonical ? "bad token" : "keys out of order"));
        }

        _items.Add(put.Value, now);
        return (plain, default);
    }

    private DhtReply Sample(DhtReply reply, TimeSpan now)
    {
        var (samples, goodFor) = peers.Sample(now);
        return reply with { Samples = samples, SampledFrom = peers.Count, SampleInterval = (int)goodFor.TotalSeconds };
    }

    private DhtReply WithNodes(DhtReply reply, NodeId target, DhtFamilies want, DhtFamilies family, IPEndPoint from)
    {
        var wanted = want == DhtFamilies.None ? family : want;
        return reply with
        {
            Nodes = wanted.HasFlag(DhtFamilies.IPv4) ? NodesOf(DhtFamilies.IPv4, target, from) : null,
            Nodes6 = wanted.HasFlag(DhtFamilies.IPv6) ? NodesOf(DhtFamilies.IPv6, target, from) : null,
        };
    }

    private NodeContact[]? NodesOf(DhtFamilies family, NodeId target, IPEndPoint from) => tableOf(family)?
        .Nearest(target, DhtLimits.Nearest)
        .Select(node => node.Contact)
        .Where(contact => !contact.Address.Equals(from) && AddressScope.MayName(from.Address, contact.Address.Address))
        .ToArray();

    /// <summary>Writes a reply, leaving out peers, estimates, samples and at last nodes until it is short enough.</summary>
    private void Fit(DhtReply answer, ReadOnlyMemory<byte> transaction, IPEndPoint to, int bound)
    {
        while (true)
        {
            Write(new KrpcMessage.Reply(transaction, answer) { YourAddress = to });
            var over = _output.WrittenCount - bound;
            if (over <= 0)
            {
                return;
            }

            if (answer.Seeds is not null)
            {
                answer = answer with { Seeds = null, Leechers = null };
            }
            else if (answer.Peers.Count > 0)
            {
                answer = answer with { Peers = [.. answer.Peers.SkipLast(Math.Max(1, over / BytesOfPeer))] };
            }
            else if (answer.Samples is { Length: > 0 } samples)
            {
                answer = answer with { Samples = samples[..Math.Max(0, samples.Length - (((over / NodeId.Size) + 1) * NodeId.Size))] };
            }
            else if (answer.Nodes6 is { Count: > 0 } nodes6)
            {
                answer = answer with { Nodes6 = [.. nodes6.SkipLast(Math.Max(1, over / BytesOfNode))] };
            }
            else if (answer.Nodes is { Count: > 0 } nodes)
            {
                answer = answer with { Nodes = [.. nodes.SkipLast(Math.Max(1, over / BytesOfNode))] };
            }
            else if (answer.Value is not null)
            {
                answer = answer with { Value = null };
            }
            else
            {
                return;
            }
        }
    }

    private void Write(KrpcMessage message)
    {
        _output.ResetWrittenCount();
        KrpcWriter.Write(_output, message);
    }
}
