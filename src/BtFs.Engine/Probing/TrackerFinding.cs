namespace BtFs.Engine;

/// <summary>How a tracker answered.</summary>
/// <param name="Name">Scheme, host and port; never more, for the rest may be a key.</param>
/// <param name="Peers">Addresses that it named.</param>
/// <param name="Seeders">Peers with everything, where it tells.</param>
/// <param name="Trouble">What went wrong, or null.</param>
public sealed record TrackerFinding(string Name, int Peers, int? Seeders, string? Trouble);
