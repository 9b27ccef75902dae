using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>The hashes of the pieces of a v2 torrent's files (BEP 52, <c>piece layers</c>), each checked against its file's root.</summary>
/// <remarks>They are not part of the info dictionary: a .torrent brings them, a magnet has to ask peers. A file of one piece needs none: its root is the hash.</remarks>
public sealed class PieceLayers
{
    private readonly Dictionary<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> _layers = new(new RootComparer());

    private PieceLayers()
    {
    }

    /// <summary>No layers at all: what a v1 torrent and a magnet have.</summary>
    public static PieceLayers None { get; } = new();

    /// <summary>The layer of a file: 32 bytes for each of its pieces.</summary>
    /// <returns><see langword="false"/> if it is not known, or the file is too small to have one.</returns>
    public bool TryGet(TorrentFile file, out ReadOnlyMemory<byte> layer) => _layers.TryGetValue(file.PiecesRoot, out layer);

    /// <exception cref="MetainfoException">A layer is missing, or does not belong to its file.</exception>
    internal static PieceLayers Read(BencodeValue torrent, InfoDictionary info)
    {
        var stated = new PieceLayers();
        if (torrent.TryGetDictionary("piece layers"u8, out var dictionary))
        {
            foreach (var (root, layer) in dictionary.AsDictionary())
            {
                stated._layers[root] = layer.AsBytes();
            }
        }

        var proven = new PieceLayers();
        foreach (var file in info.Files)
        {
            if (file.Length > info.PieceLength && !file.IsPad)
            {
                proven.Prove(file, info.PieceLength, stated);
            }
        }

        return proven;
    }

    private void Prove(TorrentFile file, int pieceLength, PieceLayers stated)
    {
        if (!stated.TryGet(file, out var layer))
        {
            throw new MetainfoException("The torrent lacks the piece hashes of a version 2 file.");
        }

        var pieces = ((file.Length - 1) / pieceLength) + 1;
        if (layer.Length != pieces * MerkleTree.HashSize)
        {
            throw new MetainfoException($"The torrent has {layer.Length} bytes of piece hashes for a version 2 file that needs {pieces * MerkleTree.HashSize}.");
        }

        // Files with the same content share a root and so a layer: it is proven once.
        if (_layers.TryAdd(file.PiecesRoot, layer) && !Matches(layer.Span, file.PiecesRoot.Span, pieceLength))
        {
            throw new MetainfoException("The torrent's piece hashes do not belong to its version 2 files.");
        }
    }

    private static bool Matches(ReadOnlySpan<byte> layer, ReadOnlySpan<byte> root, int pieceLength)
    {
        Span<byte> actual = stackalloc byte[MerkleTree.HashSize];
        MerkleTree.RootOf(layer, MerkleTree.HeightOfPieces(pieceLength), actual);
        return actual.SequenceEqual(root);
    }

    private sealed class RootComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        // HashCode is seeded for each process, so nobody can choose roots that collide.
        public int GetHashCode(ReadOnlyMemory<byte> root)
        {
            var hash = default(HashCode);
            hash.AddBytes(root.Span);
            return hash.ToHashCode();
        }
    }
}
