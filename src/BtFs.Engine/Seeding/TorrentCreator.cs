using System.Numerics;
using System.Security.Cryptography;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Seeding;

/// <summary>Makes a v1 torrent of a file or a folder (BEP 3).</summary>
public static class TorrentCreator
{
    /// <summary>Bytes read at a time: long enough that the disk reads ahead.</summary>
    private const int ReadLength = 1 << 20;

    /// <summary>Reads everything below a path once, and hashes it.</summary>
    /// <param name="path">A file, or a folder.</param>
    /// <param name="options">What the torrent says beside its files.</param>
    /// <param name="progress">Told the bytes hashed so far; may be null.</param>
    /// <param name="cancel">Stops it; nothing is left behind.</param>
    /// <exception cref="IOException">A file cannot be read, or changed while it was.</exception>
    /// <exception cref="MetainfoException">There is nothing to make a torrent of, or more than a torrent can be.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The piece length in the options is out of range.</exception>
    public static async Task<CreatedTorrent> CreateAsync(
        string path, CreationOptions options, IProgress<long>? progress, CancellationToken cancel)
    {
        var tree = SourceTree.Of(path);
        var total = tree.Files.Sum(file => file.File.Length);
        var pieceLength = options.PieceLength ?? PieceLengths.For(total);
        if (!BitOperations.IsPow2(pieceLength) || pieceLength is < TorrentLayout.BlockLength or > MetainfoLimits.MaxPieceLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), pieceLength, $"A piece length is a power of two, {TorrentLayout.BlockLength} to {MetainfoLimits.MaxPieceLength}.");
        }

        var bytes = TorrentWriter.Write(new TorrentDraft
        {
            Name = tree.Name,
            IsSingleFile = tree.IsSingleFile,
            Files = [.. tree.Files.Select(file => file.File)],
            PieceLength = pieceLength,
            PieceHashes = await HashAsync(tree, pieceLength, progress, cancel),
            IsPrivate = options.IsPrivate,
            TrackerTiers = options.TrackerTiers,
            WebSeeds = options.WebSeeds,
            CreatedAt = options.CreatedAt,
            Comment = options.Comment,
            CreatedBy = options.CreatedBy,
        });
        return new CreatedTorrent(bytes, TorrentMetainfo.Parse(bytes), [.. tree.Files.Select(file => file.Path)], tree.LeftOut);
    }

    private static async Task<byte[]> HashAsync(SourceTree tree, int pieceLength, IProgress<long>? progress, CancellationToken cancel)
    {
        using var hashes = new PieceHashes(pieceLength);
        var buffer = new byte[ReadLength];
        foreach (var (path, expected) in tree.Files)
        {
            using var file = SourceFiles.Open(path);
            var offset = 0L;

            // A file that grows as fast as it is read would never end.
            while (offset <= expected.Length && await RandomAccess.ReadAsync(file, buffer, offset, cancel) is var read and > 0)
            {
                hashes.Append(buffer.AsSpan(0, read));
                offset += read;
                progress?.Report(hashes.BytesHashed);
            }

            if (offset != expected.Length)
            {
                throw new IOException($"{path} changed while it was read.");
            }
        }

        return hashes.Finish();
    }

    /// <summary>SHA-1 of each piece of a stream of bytes that does not care where pieces or files end.</summary>
    private sealed class PieceHashes(int pieceLength) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        private readonly MemoryStream _finished = new();
        private int _inPiece;

        internal long BytesHashed { get; private set; }

        public void Dispose()
        {
            _hash.Dispose();
            _finished.Dispose();
        }

        internal void Append(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var part = bytes[..Math.Min(bytes.Length, pieceLength - _inPiece)];
                _hash.AppendData(part);
                bytes = bytes[part.Length..];
                BytesHashed += part.Length;
                _inPiece += part.Length;
                if (_inPiece == pieceLength)
                {
                    FinishPiece();
                }
            }
        }

        internal byte[] Finish()
        {
            if (_inPiece > 0)
            {
                FinishPiece();
            }

            return _finished.ToArray();
        }

        private void FinishPiece()
        {
            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
            _hash.GetHashAndReset(hash);
            _finished.Write(hash);
            _inPiece = 0;
        }
    }
}
