namespace BtFs.Engine;

/// <summary>How a tracker answered.</summary>
/// <param name="Name">Scheme, host and port; never more, for the rest may be a key.</param>
/// <param name="Seeders">Peers with everything.</param>
/// <param name="Leechers">Peers that miss something.</param>
/// <param name="Trouble">What went wrong, or null.</param>
public sealed record TrackerFinding(string Name, int Seeders, int Leechers, string? Trouble);
