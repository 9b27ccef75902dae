namespace BtFs.Protocol.Trackers;

/// <summary>How many peers a tracker knows of a torrent; 0 where it does not tell.</summary>
/// <param name="Seeders">With everything.</param>
/// <param name="Completed">That ever finished.</param>
/// <param name="Leechers">That miss something.</param>
public readonly record struct ScrapeCounts(int Seeders, int Completed, int Leechers);
