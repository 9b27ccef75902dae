using System.Net;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>A question of ours that is not answered yet.</summary>
/// <param name="Address">Who was asked: only an answer from there counts.</param>
/// <param name="Expected">Who should be there; null where only the address is known.</param>
/// <param name="Lookup">For which lookup; null for a question of the table's.</param>
/// <param name="Candidate">As what that lookup knows it.</param>
/// <param name="SentAt">When.</param>
internal sealed record PendingQuery(IPEndPoint Address, NodeId? Expected, Lookup? Lookup, Candidate? Candidate, TimeSpan SentAt)
{
    /// <summary>The lookup has been told that it takes long.</summary>
    internal bool IsLate { get; set; }
}
