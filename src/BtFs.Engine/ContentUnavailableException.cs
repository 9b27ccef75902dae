namespace BtFs.Engine;

/// <summary>Bytes of a torrent cannot be had now: nobody has them, or the torrent is closing.</summary>
public sealed class ContentUnavailableException(string message) : Exception(message);
