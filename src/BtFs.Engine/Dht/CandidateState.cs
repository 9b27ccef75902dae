namespace BtFs.Engine.Dht;

/// <summary>How far a lookup has come with a node.</summary>
/// <remarks>
/// <code>
/// New → Asked → Answered
///         │  ↘    ↑
///         │   Late┤
///         └─→ Failed
/// </code>
/// </remarks>
internal enum CandidateState
{
    New,
    Asked,
    Late,
    Answered,
    Failed,
}
