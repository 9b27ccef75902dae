using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Tests.Bencode;

namespace BtFs.Protocol.Tests.Metainfo;

/// <summary>A small valid info dictionary, of which a test changes the part that it is about.</summary>
internal sealed class InfoSample
{
    public const int PieceLength = 16 * 1024;

    private readonly SortedDictionary<string, object> _entries = new(StringComparer.Ordinal);

    /// <summary>A lone file of three and a half pieces.</summary>
    public static InfoSample SingleFile() => new InfoSample()
        .With("length", (3 * PieceLength) + (PieceLength / 2))
        .With("name", "file.bin")
        .With("piece length", PieceLength)
        .With("pieces", Hashes(4));

    /// <summary>A directory with the files given.</summary>
    public static InfoSample Directory(int pieces, params object[] files) => new InfoSample()
        .With("files", files)
        .With("name", "dir")
        .With("piece length", PieceLength)
        .With("pieces", Hashes(pieces));

    /// <summary>A v2 directory with the tree given.</summary>
    public static InfoSample Tree(params (string Key, object Value)[] tree) => new InfoSample()
        .With("file tree", tree)
        .With("meta version", 2)
        .With("name", "dir")
        .With("piece length", PieceLength);

    public static (string Key, object Value)[] File(long length, params string[] path) => Bencoded.Dictionary(("length", length), ("path", path));

    /// <summary>A leaf of a v2 tree.</summary>
    public static (string Key, object Value)[] Leaf(long length, byte root = 1) =>
        Bencoded.Dictionary(("", Bencoded.Dictionary(("length", length), ("pieces root", Root(root)))));

    public static byte[] Root(byte seed) => [.. Enumerable.Repeat(seed, 32)];

    public static byte[] Hashes(int count) => new byte[count * 20];

    public InfoSample With(string key, object value)
    {
        _entries[key] = value;
        return this;
    }

    public InfoSample Without(string key)
    {
        _entries.Remove(key);
        return this;
    }

    public byte[] ToBytes() => Bencoded.Of(_entries.Select(entry => (entry.Key, entry.Value)).ToArray());

    public InfoDictionary Parse() => InfoDictionary.Parse(ToBytes());

    /// <summary>What the user is told.</summary>
    public string Refusal() => Assert.Throws<MetainfoException>(Parse).Message;
}
