namespace BtFs.Protocol.Metainfo;

/// <summary>A magnet link that cannot be used. The message is one sentence for the user, and quotes nothing from the link.</summary>
public sealed class MagnetException(string message) : FormatException(message);
