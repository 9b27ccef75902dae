using System.Text;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Metainfo;

/// <summary>A file in one line: path, length, attributes, target.</summary>
internal static class FileText
{
    public static string Of(TorrentFile file) =>
        $"{Join(file.Path)} {file.Length}"
        + (file.Attributes == TorrentFileAttributes.None ? "" : $" {file.Attributes}")
        + (file.SymlinkTarget.Count == 0 ? "" : $" -> {Join(file.SymlinkTarget)}");

    private static string Join(IEnumerable<ReadOnlyMemory<byte>> path) => string.Join('/', path.Select(name => Encoding.UTF8.GetString(name.Span)));
}
