using System.Net;

namespace BtFs.Engine.Reports;

/// <summary>A connected peer, or a web server that has the files.</summary>
public sealed record PeerReport
{
    /// <summary>Where it is; made up for a web seed.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>The host of a web seed; null for a peer proper.</summary>
    public required string? WebSeed { get; init; }

    /// <summary>What it calls itself, or the code in its peer id. One printable line, never to be believed.</summary>
    public required string Client { get; init; }

    public required bool IsUtp { get; init; }

    public required bool IsEncrypted { get; init; }

    /// <summary>Whether it called us.</summary>
    public required bool IsIncoming { get; init; }

    /// <summary>Since it was taken in.</summary>
    public required TimeSpan ConnectedFor { get; init; }

    /// <summary>Pieces it has; 0 while the torrent is being resolved.</summary>
    public required int PiecesHeld { get; init; }

    /// <summary>Payload per second over the last seconds, bytes.</summary>
    public required double DownloadRate { get; init; }

    /// <inheritdoc cref="DownloadRate"/>
    public required double UploadRate { get; init; }

    /// <summary>Payload received from it this session.</summary>
    public required long BytesFrom { get; init; }

    /// <summary>Payload sent to it this session.</summary>
    public required long BytesTo { get; init; }

    /// <summary>The shortest seen lately, its own delay included.</summary>
    public required TimeSpan RoundTrip { get; init; }

    /// <summary>Blocks that it owes us.</summary>
    public required int Requested { get; init; }

    /// <summary>Blocks that it waits for.</summary>
    public required int Wanted { get; init; }

    public required bool ChokesUs { get; init; }

    public required bool WeChoke { get; init; }

    public required bool IsInterested { get; init; }

    public required bool WeAreInterested { get; init; }

    /// <summary>Whether it had a part in a piece that failed, and has not been cleared.</summary>
    public required bool IsSuspect { get; init; }
}
