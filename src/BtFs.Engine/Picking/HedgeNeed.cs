namespace BtFs.Engine.Picking;

/// <summary>How much it matters that a piece comes soon.</summary>
/// <param name="IsWaiting">Whether a reader is blocked on it.</param>
/// <param name="DueIn">Seconds until it is needed; blocks that come by then are left where they are.</param>
/// <param name="OnlySilent">Whether only blocks of silent peers are worth a copy: where our own link is the bottleneck, or everything is late, the rest only gets later.</param>
internal readonly record struct HedgeNeed(bool IsWaiting, double DueIn, bool OnlySilent);
