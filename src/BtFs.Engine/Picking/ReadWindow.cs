namespace BtFs.Engine.Picking;

/// <summary>Bytes that a sequential reader will want soon.</summary>
/// <param name="Start">Where the reader stands, in the torrent.</param>
/// <param name="End">First byte behind the window, in the torrent.</param>
/// <param name="BytesPerSecond">How fast the reader moves; above 0.</param>
internal readonly record struct ReadWindow(long Start, long End, double BytesPerSecond);
