using System.Net;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>A node that a lookup has heard of.</summary>
internal sealed class Candidate(IPEndPoint address, NodeId? id, bool isVerified)
{
    /// <summary>Nodes of one teller that may be asked before any of them has answered.</summary>
    private const int Trusted = 3;

    /// <summary>Tellers remembered.</summary>
    private const int MaxTellers = 4;

    private readonly List<Candidate> _tellers = [];
    private bool _isOurs;

    internal IPEndPoint Address { get; } = address;

    /// <summary>Where it stands; null while only its address is known.</summary>
    internal NodeId? Id { get; set; } = id;

    /// <summary>Its id fits its address (BEP 42).</summary>
    internal bool IsVerified { get; set; } = isVerified;

    internal CandidateState State { get; private set; }

    /// <summary>What it gave us to announce with; empty where it gave nothing.</summary>
    internal ReadOnlyMemory<byte> Token { get; set; }

    /// <summary>Of the nodes that it named, who was asked and has not answered, and who has.</summary>
    private int Unanswered { get; set; }

    private int Answered { get; set; }

    private Candidate? AskedFor { get; set; }

    /// <summary>
    /// Whether it may be asked: we knew it ourselves, or somebody named it whose word still counts. Who names three nodes that do not answer has
    /// made them up, and is not asked to name more; so a liar costs a lookup three queries.
    /// </summary>
    internal bool IsBelievable => _isOurs || _tellers.Exists(teller => teller.IsBelieved);

    private bool IsBelieved => Unanswered < Trusted + Answered;

    /// <summary>Somebody names it, or it is from our own table.</summary>
    internal void NamedBy(Candidate? teller)
    {
        if (teller is null)
        {
            _isOurs = true;
        }
        else if (_tellers.Count < MaxTellers && !_tellers.Contains(teller))
        {
            _tellers.Add(teller);
        }
    }

    internal void Asked()
    {
        State = CandidateState.Asked;
        AskedFor = _tellers.Find(teller => teller.IsBelieved);
        if (AskedFor is not null)
        {
            AskedFor.Unanswered++;
        }
    }

    /// <summary>It takes its time: others are asked meanwhile.</summary>
    internal void IsLate() => State = CandidateState.Late;

    internal void HasAnswered()
    {
        State = CandidateState.Answered;
        if (AskedFor is not null)
        {
            AskedFor.Unanswered--;
            AskedFor.Answered++;
        }
    }

    internal void HasFailed() => State = CandidateState.Failed;
}
