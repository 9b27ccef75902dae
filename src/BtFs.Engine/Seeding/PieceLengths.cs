using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Seeding;

/// <summary>How long the pieces of a new torrent should be.</summary>
public static class PieceLengths
{
    /// <summary>The shortest choice: 32 KiB, two blocks.</summary>
    public const int Shortest = 32 << 10;

    /// <summary>The longest choice, as long as the .torrent stays readable: 16 MiB. A reader waits for a whole piece.</summary>
    public const int Longest = 16 << 20;

    /// <summary>Pieces aimed at, at most: a .torrent of 40 KB.</summary>
    private const int EnoughPieces = 2000;

    /// <summary>Bytes of a .torrent that other programs read: 10 MiB, libtorrent's limit.</summary>
    private const int ReadableByAll = 10 << 20;

    /// <summary>Pieces that such a .torrent has room for, with 2 MiB left for names and the rest.</summary>
    private const int MostPieces = (ReadableByAll - (2 << 20)) / InfoHash.Size;

    /// <summary>The shortest power of two that gives few enough pieces.</summary>
    /// <param name="totalLength">Bytes of all files.</param>
    public static int For(long totalLength)
    {
        var length = Shortest;
        while (length < Longest && totalLength / length >= EnoughPieces)
        {
            length *= 2;
        }

        while (length < MetainfoLimits.MaxPieceLength && totalLength / length >= MostPieces)
        {
            length *= 2;
        }

        return length;
    }
}
