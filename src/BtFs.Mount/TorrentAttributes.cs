using System.Globalization;
using System.Text;
using BtFs.Engine;
using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>The extended attributes of a node: the three that johang/btfs has, with its meanings, and two that tell how much is here.</summary>
/// <remarks>
/// <c>user.btfs.is_btfs</c> is on everything and <c>user.btfs.is_btfs_root</c> on the root, both empty; <c>user.btfs.file_index</c> is a file's number
/// in the torrent, <c>user.btfs.present</c> its verified bytes, <c>user.btfs.progress</c> the same in percent, rounded down; decimal digits all.
/// </remarks>
internal static class TorrentAttributes
{
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

        return name.SequenceEqual("user.btfs.progress"u8) ? Digits(Percent(content.BytesPresent(node.File), node.Length)) : null;
    }

    /// <summary>The names a node has, each ended by a zero byte.</summary>
    public static ReadOnlySpan<byte> NamesOf(FileNode node) => node switch
    {
        { Number: 0 } => "user.btfs.is_btfs\0user.btfs.is_btfs_root\0"u8,
        { Kind: NodeKind.File } => "user.btfs.file_index\0user.btfs.is_btfs\0user.btfs.present\0user.btfs.progress\0"u8,
        _ => "user.btfs.is_btfs\0"u8,
    };

    private static long Percent(long present, long length) => length == 0 ? 100 : (long)((Int128)present * 100 / length);

    private static byte[] Digits(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
}
