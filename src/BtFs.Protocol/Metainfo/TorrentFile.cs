using System.Globalization;
using System.Text;

namespace BtFs.Protocol.Metainfo;

/// <summary>What a torrent says of a file beside its name and length (BEP 47, <c>attr</c>).</summary>
[Flags]
public enum TorrentFileAttributes
{
    None = 0,

    /// <summary>Zeros between two files, so that the second starts a piece; not for the user's eyes.</summary>
    Pad = 1,

    Executable = 2,
    Hidden = 4,

    /// <summary>Has a target, and no bytes.</summary>
    Symlink = 8,
}

/// <summary>One file of a torrent, as the torrent has it: names are raw bytes, and may be anything at all.</summary>
public sealed class TorrentFile
{
    /// <summary>The names from the torrent's root to the file, at least one; without the torrent's own name, save for a lone file, which has no other.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Path { get; init; }

    /// <summary>Bytes, from 0 up.</summary>
    public required long Length { get; init; }

    public TorrentFileAttributes Attributes { get; init; }

    /// <summary>Where a symlink points, at least one name; empty for other files.</summary>
    /// <remarks>From the torrent's root by BEP 47, but libtorrent writes what <c>readlink</c> says, <c>..</c> and all, and reads it without the <c>..</c>.</remarks>
    public IReadOnlyList<ReadOnlyMemory<byte>> SymlinkTarget { get; init; } = [];

    /// <summary>Root of the file's merkle tree, 32 bytes (BEP 52); empty for a v1 torrent, an empty file and a pad file.</summary>
    public ReadOnlyMemory<byte> PiecesRoot { get; init; }

    public bool IsPad => Attributes.HasFlag(TorrentFileAttributes.Pad);

    public bool IsSymlink => Attributes.HasFlag(TorrentFileAttributes.Symlink);

    /// <summary>A plain file, for a torrent that is being made.</summary>
    /// <param name="path">Names from the torrent's root, with slashes between them.</param>
    /// <param name="length">Bytes, from 0 up.</param>
    public static TorrentFile At(string path, long length) => new()
    {
        Path = [.. path.Split('/').Select(name => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(name))],
        Length = length,
    };

    internal static TorrentFile PadOf(long length) => new()
    {
        Path = [".pad"u8.ToArray(), Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture))],
        Length = length,
        Attributes = TorrentFileAttributes.Pad,
    };
}
