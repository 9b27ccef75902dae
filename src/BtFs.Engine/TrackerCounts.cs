namespace BtFs.Engine;

/// <summary>How many peers a tracker says to know. A hint: trackers count those who left, and may lie.</summary>
/// <param name="Seeders">With everything.</param>
/// <param name="Leechers">That miss something; ourselves, too.</param>
public sealed record TrackerCounts(int Seeders, int Leechers);
