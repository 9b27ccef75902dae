using System.Text;
using BtFs.Protocol.Metainfo;

namespace BtFs.Testing;

/// <summary>Info dictionaries for tests that care about names and lengths, not about what the bytes hash to.</summary>
public static class TorrentOf
{
    private const int PieceLength = 16 * 1024;

    /// <summary>A torrent of one file.</summary>
    public static InfoDictionary OneFile(string name, long length) => Of(name, [File(name, length)], isSingleFile: true);

    /// <summary>A torrent that is a folder.</summary>
    public static InfoDictionary Folder(string name, params IReadOnlyList<TorrentFile> files) => Of(name, files, isSingleFile: false);

    /// <summary>A file by its path with slashes.</summary>
    public static TorrentFile File(string path, long length, TorrentFileAttributes attributes = TorrentFileAttributes.None) =>
        new() { Path = Names(path), Length = length, Attributes = attributes };

    /// <summary>A symbolic link by its path and target, both with slashes.</summary>
    public static TorrentFile Link(string path, string target) =>
        new() { Path = Names(path), Length = 0, Attributes = TorrentFileAttributes.Symlink, SymlinkTarget = Names(target) };

    private static InfoDictionary Of(string name, IReadOnlyList<TorrentFile> files, bool isSingleFile)
    {
        var pieces = (files.Sum(file => file.Length) + PieceLength - 1) / PieceLength;
        return InfoDictionary.Parse(TorrentWriter.WriteInfo(new TorrentDraft
        {
            Name = name,
            PieceLength = PieceLength,
            Files = files,
            PieceHashes = new byte[pieces * InfoHash.Size],
            IsSingleFile = isSingleFile,
        }));
    }

    private static ReadOnlyMemory<byte>[] Names(string path) =>
        [.. path.Split('/').Select(name => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(name)))];
}
