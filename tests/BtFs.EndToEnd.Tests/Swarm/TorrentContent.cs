using System.Security.Cryptography;

namespace BtFs.EndToEnd.Swarm;

/// <summary>Makes up content that compresses badly and is the same in every run, and hashes it by pieces.</summary>
internal static class TorrentContent
{
    private const int Chunk = 1 << 20;
    private const int IslandLength = 64;

    public static void Write(string path, FileShape shape, int seed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        if (shape.Content is { } given)
        {
            file.Write(given);
            return;
        }

        file.SetLength(shape.Length);
        var random = new Random(seed + 1);
        if (shape.Island == 0)
        {
            var buffer = new byte[Chunk];
            for (var left = shape.Length; left > 0; left -= Chunk)
            {
                var chunk = buffer.AsSpan(0, (int)Math.Min(left, Chunk));
                random.NextBytes(chunk);
                file.Write(chunk);
            }

            return;
        }

        var island = new byte[IslandLength];
        for (var at = 0L; at + IslandLength <= shape.Length; at += shape.Island)
        {
            random.NextBytes(island);
            file.Position = at;
            file.Write(island);
        }
    }

    /// <summary>The SHA-1 of each piece, one after the other, as "pieces" holds them (BEP 3).</summary>
    public static byte[] HashPieces(IReadOnlyList<FileShape> shapes, IReadOnlyList<string> paths, int pieceLength)
    {
        using var hashes = new MemoryStream();
        var piece = new byte[pieceLength];
        var zeros = SHA1.HashData(piece);
        var filled = 0;
        for (var index = 0; index < shapes.Count; index++)
        {
            using var file = File.OpenRead(paths[index]);
            while (file.Position < file.Length)
            {
                if (filled == 0 && IsHole(shapes[index], file.Position, pieceLength))
                {
                    // Gigabytes of nothing: one hash does for all of it.
                    hashes.Write(zeros);
                    file.Position += pieceLength;
                    continue;
                }

                filled += file.ReadAtLeast(piece.AsSpan(filled), (int)Math.Min(pieceLength - filled, file.Length - file.Position));
                if (filled == pieceLength)
                {
                    hashes.Write(SHA1.HashData(piece));
                    filled = 0;
                }
            }
        }

        if (filled > 0)
        {
            hashes.Write(SHA1.HashData(piece.AsSpan(0, filled)));
        }

        return hashes.ToArray();
    }

    private static bool IsHole(FileShape shape, long from, int length)
    {
        if (shape.Island == 0 || from + length > shape.Length)
        {
            return false;
        }

        var islandBefore = from / shape.Island * shape.Island;
        return from >= islandBefore + IslandLength && from + length <= islandBefore + shape.Island;
    }
}
