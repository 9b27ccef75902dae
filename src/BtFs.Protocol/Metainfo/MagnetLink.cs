using System.Diagnostics.CodeAnalysis;

namespace BtFs.Protocol.Metainfo;

/// <summary>A torrent's name and some hints where to find it, in one line (BEP 9, 53, and 52 for <c>btmh</c>).</summary>
public sealed record MagnetLink
{
    /// <summary>The v1 infohash; null where the link has only the v2 one.</summary>
    public InfoHash? InfoHashV1 { get; init; }

    /// <summary>The v2 infohash. At least one of the two is there.</summary>
    public InfoHashV2? InfoHashV2 { get; init; }

    /// <summary>The hash to join the swarm by: v1, else the truncated v2.</summary>
    /// <exception cref="InvalidOperationException">The link was made without either.</exception>
    public InfoHash InfoHash => InfoHashV1 ?? InfoHashV2?.Truncated ?? throw new InvalidOperationException("A magnet link needs an infohash.");

    /// <summary>What to call the torrent until its info dictionary is known (<c>dn</c>); hostile until cleaned.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Tracker URLs (<c>tr</c>, <c>tr.1</c>), each a tier of its own; at most 64. The text is not checked.</summary>
    public IReadOnlyList<string> Trackers { get; init; } = [];

    /// <summary>URLs of web servers that have the files (<c>ws</c>); at most 16. The text is not checked.</summary>
    public IReadOnlyList<string> WebSeeds { get; init; } = [];

    /// <summary>Peers to try first (<c>x.pe</c>); at most 32.</summary>
    public IReadOnlyList<PeerHint> Peers { get; init; } = [];

    /// <summary>The files that are wanted (<c>so</c>, BEP 53); empty for all.</summary>
    public IReadOnlyList<FileRange> Selected { get; init; } = [];

    /// <summary>Reads a link. Parameters that it does not know are ignored, and so are malformed hints; a malformed infohash is not.</summary>
    /// <exception cref="MagnetException">The link names no torrent; the message is for the user.</exception>
    public static MagnetLink Parse(string text) => MagnetParser.Parse(text);

    /// <summary>Like <see cref="Parse"/>, for text that may well be something else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MagnetLink? link)
    {
        try
        {
            link = Parse(text);
            return true;
        }
        catch (MagnetException)
        {
            link = null;
            return false;
        }
    }

    /// <summary>Recognises a bare infohash: 40 hexadecimal or 32 base32 digits (v1), or 64 hexadecimal ones (v2).</summary>
    public static bool TryParseInfoHash(string text, [NotNullWhen(true)] out MagnetLink? link)
    {
        link = null;
        if (InfoHashText.TryReadV1(text, out var v1))
        {
            link = new MagnetLink { InfoHashV1 = v1 };
        }
        else if (InfoHashText.TryReadV2(text, out var v2))
        {
            link = new MagnetLink { InfoHashV2 = v2 };
        }

        return link is not null;
    }

    /// <summary>The link, so that reading it again gives the same.</summary>
    public override string ToString() => MagnetWriter.Write(this);
}

/// <summary>Files from one number to another, both included; the first file of a torrent is 0.</summary>
public readonly record struct FileRange(int First, int Last)
{
    public bool Contains(int file) => file >= First && file <= Last;
}
