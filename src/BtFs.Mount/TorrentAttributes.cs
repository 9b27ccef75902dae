using System.Globalization;
using System.Text;
using BtFs.Engine;
using BtFs.Engine.Reports;
using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>The extended attributes of a node: the three that johang/btfs has, with its meanings, and those that tell how much is here, and why not more.</summary>
/// <remarks>
/// <c>user.btfs.is_btfs</c> is on everything and <c>user.btfs.is_btfs_root</c> on the root, both empty; <c>user.btfs.file_index</c> is a file's number
/// in the torrent, <c>user.btfs.present</c> its verified bytes, <c>user.btfs.progress</c> the same in percent, rounded down, and
/// <c>user.btfs.availability</c> the copies of its rarest piece among those connected; decimal digits all. <c>user.btfs.missing</c> are the ranges that are
/// not here, as in <c>0-1048575 4194304-8388607</c>, with <c>…</c> behind the first <see cref="MaxRanges"/>; <c>user.btfs.waiting</c> is why a read waits, in words, and empty
/// when none does.
/// </remarks>
internal static class TorrentAttributes
{
    /// <summary>Ranges told at most: their text must fit where attributes are kept by those who copy them.</summary>
    public const int MaxRanges = 100;

    /// <summary>The value of an attribute, or null when the node has none of that name.</summary>
    public static byte[]? ValueOf(FileNode node, ReadOnlySpan<byte> name, ITorrentContent content)
    {
        if (name.SequenceEqual("user.btfs.is_btfs"u8) || node.Number == 0 && name.SequenceEqual("user.btfs.is_btfs_root"u8))
        {
            return [];
        }

        if (node.Kind != NodeKind.File)
        {
            return null;
        }

        if (name.SequenceEqual("user.btfs.file_index"u8))
        {
            return Digits(node.File.Value);
        }

        if (name.SequenceEqual("user.btfs.present"u8))
        {
            return Digits(content.BytesPresent(node.File));
        }

        if (name.SequenceEqual("user.btfs.availability"u8))
        {
            return Digits(content.CopiesOfRarest(node.File));
        }

        if (name.SequenceEqual("user.btfs.missing"u8))
        {
            return Ranges(content.MissingRanges(node.File, MaxRanges + 1));
        }

        if (name.SequenceEqual("user.btfs.waiting"u8))
        {
            return Encoding.UTF8.GetBytes(content.WaitFor(node.File)?.InWords(Encoding.UTF8.GetString(node.Name)) ?? "");
        }

        return name.SequenceEqual("user.btfs.progress"u8) ? Digits(Percent(content.BytesPresent(node.File), node.Length)) : null;
    }

    /// <summary>The names a node has, each ended by a zero byte.</summary>
    public static ReadOnlySpan<byte> NamesOf(FileNode node) => node switch
    {
        { Number: 0 } => "user.btfs.is_btfs\0user.btfs.is_btfs_root\0"u8,
        { Kind: NodeKind.File } => "user.btfs.availability\0user.btfs.file_index\0user.btfs.is_btfs\0user.btfs.missing\0user.btfs.present\0user.btfs.progress\0user.btfs.waiting\0"u8,
        _ => "user.btfs.is_btfs\0"u8,
    };

    private static byte[] Ranges(IReadOnlyList<ByteRange> ranges)
    {
        var words = ranges.Take(MaxRanges).Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.Start}-{range.End - 1}"));
        return Encoding.UTF8.GetBytes(string.Join(' ', ranges.Count > MaxRanges ? words.Append("…") : words));
    }

    private static long Percent(long present, long length) => length == 0 ? 100 : (long)((Int128)present * 100 / length);

    private static byte[] Digits(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
}
