namespace BtFs.Engine.Picking;

/// <summary>Bytes that a sequential reader will want soon.</summary>
/// <param name="Start">Where the reader stands, in the torrent.</param>
/// <param name="End">First byte behind the window, in the torrent.</param>
/// <param name="BytesPerSecond">How fast the reader moves; above 0.</param>
/// <param name="IsHurried">Whether the reader takes whatever comes as soon as it comes, as a copy does and a player does not.</param>
/// <param name="IsHeld">Whether the reader has looked elsewhere since: what is here or under way stays, and nothing new is asked for.</param>
internal readonly record struct ReadWindow(long Start, long End, double BytesPerSecond, bool IsHurried = false, bool IsHeld = false);
