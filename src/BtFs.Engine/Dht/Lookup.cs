using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>Works its way to the nodes nearest to a place, asking each for nearer ones (BEP 5). Decides whom to ask; <see cref="DhtSide"/> asks.</summary>
/// <remarks>
/// Half of those it hears of may lie. Nodes whose ids do not fit their addresses (BEP 42) get two branches of eight while there are
/// others to ask, and cannot make it end early; who names nodes that do not answer is soon not believed (<see cref="Candidate.IsBelievable"/>).
/// </remarks>
internal sealed class Lookup(NodeId target, DhtQuery query)
{
    /// <summary>Branches that go to nodes whose ids do not fit.</summary>
    private const int UnverifiedBranches = 2;

    /// <summary>Nodes whose ids do not fit that are kept in mind: they can say that they are nearer than all others, and would crowd those out.</summary>
    private const int MaxUnverified = 32;

    /// <summary>Nodes kept in mind; beyond, those furthest from the target are dropped.</summary>
    private const int MaxCandidates = 200;

    private readonly Dictionary<IPEndPoint, Candidate> _byAddress = [];
    private readonly List<Candidate> _nearestFirst = [];
    private int _queries;
    private int _unverified;

    internal NodeId Target { get; } = target;

    /// <summary>What everybody is asked.</summary>
    internal DhtQuery Query { get; } = query;

    /// <summary>Nodes that have answered.</summary>
    internal int Answers { get; private set; }

    /// <summary>Queries that are neither answered nor late.</summary>
    internal int UnderWay { get; private set; }

    /// <summary>Takes peers as nodes name them.</summary>
    internal Action<IReadOnlyList<IPEndPoint>> Found { get; init; } = static _ => { };

    /// <summary>Comes when there is nobody left to ask; with the nodes to announce to, the nearest first.</summary>
    internal Action<Lookup> Ended { get; init; } = static _ => { };

    /// <summary>A node that we know to be there, or hope.</summary>
    internal void Add(IPEndPoint address, NodeId? id) => Add(address, id, teller: null);

    /// <summary>Whom to ask next; null when nobody is to be asked now.</summary>
    internal Candidate? Next()
    {
        if (UnderWay >= DhtLimits.Branches || _queries >= DhtLimits.LookupQueries)
        {
            return null;
        }

        var nearer = 0;
        var unverified = 0;
        foreach (var candidate in _nearestFirst)
        {
            unverified += candidate is { IsVerified: false, State: CandidateState.Asked } ? 1 : 0;
        }

        var setAside = default(Candidate);
        foreach (var candidate in _nearestFirst)
        {
            if (candidate.State == CandidateState.New && candidate.IsBelievable)
            {
                if (candidate.IsVerified || unverified < UnverifiedBranches)
                {
                    return candidate;
                }

                setAside ??= candidate;
            }

            nearer += candidate is { IsVerified: true, Id: not null, State: CandidateState.Answered } ? 1 : 0;
            if (nearer >= DhtLimits.Nearest)
            {
                return null;
            }
        }

        return setAside;
    }

    /// <summary>A candidate is being asked.</summary>
    internal void Asked(Candidate candidate)
    {
        _queries++;
        UnderWay++;
        candidate.Asked();
    }

    /// <summary>A candidate has not answered for two seconds.</summary>
    internal void IsLate(Candidate candidate)
    {
        UnderWay--;
        candidate.IsLate();
    }

    /// <summary>A candidate has not answered at all, or is not who it should be.</summary>
    internal void HasFailed(Candidate candidate)
    {
        UnderWay -= candidate.State == CandidateState.Asked ? 1 : 0;
        candidate.HasFailed();
    }

    /// <summary>A candidate has answered.</summary>
    internal void HasAnswered(Candidate candidate, DhtReply reply, IReadOnlyList<NodeContact> nodes)
    {
        UnderWay -= candidate.State == CandidateState.Asked ? 1 : 0;
        Answers++;
        candidate.HasAnswered();
        candidate.Token = reply.Token;
        if (candidate.Id is null)
        {
            Place(candidate, reply.Sender);
        }

        var teller = candidate.Address.Address;
        foreach (var node in nodes)
        {
            if (AddressScope.MayName(teller, node.Address.Address))
            {
                Add(node.Address, node.Id, candidate);
            }
        }

        var peers = reply.Peers.Where(peer => AddressScope.MayName(teller, peer.Address)).ToList();
        if (peers.Count > 0)
        {
            Found(peers);
        }
    }

    /// <summary>The nodes to announce to, the nearest first: those whose ids fit, and others only where there are too few.</summary>
    internal IReadOnlyList<Candidate> ToAnnounce() =>
    [
        .. _nearestFirst
            .Where(candidate => candidate.State == CandidateState.Answered && !candidate.Token.IsEmpty)
            .OrderByDescending(candidate => candidate.IsVerified)
            .Take(DhtLimits.Nearest),
    ];

    private void Add(IPEndPoint address, NodeId? id, Candidate? teller)
    {
        if (_byAddress.TryGetValue(address, out var known))
        {
            known.NamedBy(teller);
            return;
        }

        var isVerified = id is not { } claimed || NodeNetwork.IsVerified(claimed, address.Address, AddressScope.IsLocal(address.Address));
        if (!isVerified && ++_unverified > MaxUnverified && teller is not null)
        {
            return;
        }

        var candidate = new Candidate(address, id, isVerified);
        candidate.NamedBy(teller);
        _byAddress.Add(address, candidate);
        Insert(candidate);
        if (_nearestFirst.Count > MaxCandidates && _nearestFirst[^1].State == CandidateState.New)
        {
            // Its address stays known: it is not to come in again and again.
            _nearestFirst.RemoveAt(_nearestFirst.Count - 1);
        }
    }

    private void Place(Candidate candidate, NodeId id)
    {
        candidate.Id = id;
        candidate.IsVerified = NodeNetwork.IsVerified(id, candidate.Address.Address, AddressScope.IsLocal(candidate.Address.Address));
        _nearestFirst.Remove(candidate);
        Insert(candidate);
    }

    /// <summary>Where nobody knows how near a node is, it comes first: that is how a lookup begins with nothing.</summary>
    private void Insert(Candidate candidate)
    {
        var index = _nearestFirst.BinarySearch(candidate, Comparer<Candidate>.Create(Compare));
        _nearestFirst.Insert(index < 0 ? ~index : index, candidate);
    }

    private int Compare(Candidate left, Candidate right) => (left.Id, right.Id) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        ({ } l, { } r) => NodeId.CompareDistance(Target, l, r),
    };
}
