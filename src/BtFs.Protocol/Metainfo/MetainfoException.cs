namespace BtFs.Protocol.Metainfo;

/// <summary>A torrent that cannot be used. The message is one sentence for the user, and quotes nothing from the torrent.</summary>
public sealed class MetainfoException(string message, Exception? cause = null) : FormatException(message, cause);
