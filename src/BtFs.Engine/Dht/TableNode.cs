using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>A node that has answered us at least once.</summary>
internal sealed class TableNode(NodeContact contact, bool isLocal, TimeSpan now)
{
    /// <summary>Unanswered queries in a row after which it is not named to others, and makes room.</summary>
    private const int BadAfter = 2;

    /// <summary>Unanswered queries in a row after which it is forgotten. Before, our own line may have been down.</summary>
    private const int GoneAfter = 6;

    internal NodeContact Contact { get; } = contact;

    /// <summary>At a local address: the rules against many nodes of one owner leave it out.</summary>
    internal bool IsLocal { get; } = isLocal;

    /// <summary>Its id fits its address (BEP 42).</summary>
    internal bool IsVerified { get; } = NodeNetwork.IsVerified(contact.Id, contact.Address.Address, isLocal);

    internal ulong Owner { get; } = NodeNetwork.OwnerOf(contact.Address.Address);

    /// <summary>When it last sent anything.</summary>
    internal TimeSpan LastHeard { get; private set; } = now;

    /// <summary>When it was last asked anything.</summary>
    internal TimeSpan LastAsked { get; set; } = now;

    internal int Failures { get; private set; }

    internal bool IsBad => Failures >= BadAfter;

    internal bool IsGone => Failures >= GoneAfter;

    internal bool IsQuestionable(TimeSpan now) => now - LastHeard > DhtLimits.QuestionableAfter;

    /// <summary>It answered.</summary>
    internal void Answered(TimeSpan now)
    {
        LastHeard = now;
        Failures = 0;
    }

    /// <summary>It asked us something: a sign of life, though its address may be forged.</summary>
    internal void Asked(TimeSpan now)
    {
        if (Failures == 0)
        {
            LastHeard = now;
        }
    }

    internal void Failed() => Failures++;
}
