using System.Globalization;
using BtFs.Engine.Layout;

namespace BtFs.Engine.Reports;

/// <summary>A read that waits, and why.</summary>
public sealed record WaitReport
{
    /// <summary>The first piece that it lacks.</summary>
    public required PieceIndex Piece { get; init; }

    /// <summary>The file that is read.</summary>
    public required FileIndex File { get; init; }

    /// <summary>How long it has waited.</summary>
    public required TimeSpan For { get; init; }

    /// <summary>Everybody connected, web seeds too.</summary>
    public required int Peers { get; init; }

    /// <summary>How many of them have the piece.</summary>
    public required int PeersWithIt { get; init; }

    /// <summary>How many of those serve us.</summary>
    public required int PeersServing { get; init; }

    /// <summary>Who has been asked for a part of it: addresses, and hosts of web seeds.</summary>
    public required IReadOnlyList<string> AskedOf { get; init; }

    /// <summary>Bytes of the piece that have come.</summary>
    public required int BytesHere { get; init; }

    /// <summary>Bytes of the piece.</summary>
    public required int PieceLength { get; init; }

    /// <summary>Who could name peers.</summary>
    public required PeerSources Sources { get; init; }

    /// <summary>The handle. Which one it is, is known to the engine alone.</summary>
    internal object? Reader { get; init; }

    /// <summary>The reason in one phrase, as in <c>3 of 14 peers have it, asked of 2, 62 % here</c>.</summary>
    public string Reason
    {
        get
        {
            if (Peers == 0)
            {
                return $"no peer is connected ({Sources})";
            }

            var have = string.Create(CultureInfo.InvariantCulture, $"{PeersWithIt} of {Peers} {(Peers == 1 ? "peer has" : "peers have")} it");
            if (BytesHere == PieceLength)
            {
                return $"{have}, all here, being verified";
            }

            return PeersWithIt == 0 ? have
                : AskedOf.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{have}, asked of {AskedOf.Count}, {(long)BytesHere * 100 / PieceLength} % here")
                : PeersServing == 0 ? $"{have}, none of them serves us"
                : $"{have}, not asked yet";
        }
    }

    /// <summary>All of it: <c>piece 812 of film.mkv: 0 of 14 peers have it</c>.</summary>
    /// <param name="file">What to call the file.</param>
    public string InWords(string file) => string.Create(CultureInfo.InvariantCulture, $"piece {Piece.Value} of {file}: {Reason}");
}
