using System.Numerics;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>Reads an info dictionary, v1 (BEP 3), v2 or both (BEP 52), and checks every number against the others.</summary>
internal sealed class InfoReader
{
    private const int HashSize = 20;

    private readonly BencodeValue _info;

    /// <exception cref="MetainfoException">The info dictionary makes no sense.</exception>
    public InfoReader(BencodeValue info)
    {
        if (info.Kind != BencodeKind.Dictionary)
        {
            throw new MetainfoException("The torrent's info is not a dictionary.");
        }

        _info = info;
        Bytes = info.OriginalBytes;
        (HasV1, HasV2) = ReadVersions();
        Name = ReadName();
        PieceLength = ReadPieceLength();
        IsPrivate = info.TryGetInteger("private"u8, out var isPrivate) && isPrivate != 0;
        ReadFiles();
        PieceCount = CountPieces();
        PieceHashes = ReadPieceHashes();
    }

    public ReadOnlyMemory<byte> Bytes { get; }
    public bool HasV1 { get; }
    public bool HasV2 { get; }
    public ReadOnlyMemory<byte> Name { get; }
    public int PieceLength { get; }
    public bool IsPrivate { get; }
    public IReadOnlyList<TorrentFile> Files { get; private set; } = [];
    public long TotalLength { get; private set; }
    public bool IsSingleFile { get; private set; }
    public int PieceCount { get; }
    public ReadOnlyMemory<byte> PieceHashes { get; }

    private (bool HasV1, bool HasV2) ReadVersions()
    {
        var version = _info.TryGetInteger("meta version"u8, out var stated) ? stated : 1;
        var hasV1 = _info.TryGet("pieces"u8, out _);
        return version switch
        {
            1 when hasV1 => (true, false),
            1 => throw new MetainfoException("The torrent has no piece hashes."),
            2 => (hasV1, true),
            _ => throw new MetainfoException($"The torrent is of version {version}; only versions 1 and 2 are known."),
        };
    }

    private ReadOnlyMemory<byte> ReadName() =>
        _info.TryGetBytes("name.utf-8"u8, out var name) || _info.TryGetBytes("name"u8, out name)
            ? name
            : throw new MetainfoException("The torrent has no name.");

    private int ReadPieceLength()
    {
        if (!_info.TryGetInteger("piece length"u8, out var length))
        {
            throw new MetainfoException("The torrent has no piece length.");
        }

        var least = HasV2 ? MetainfoLimits.MinPieceLengthV2 : MetainfoLimits.MinPieceLength;
        if (length < least || length > MetainfoLimits.MaxPieceLength)
        {
            throw new MetainfoException($"The torrent's pieces have {length} bytes; {least} to {MetainfoLimits.MaxPieceLength} are allowed.");
        }

        return !HasV2 || BitOperations.IsPow2(length)
            ? (int)length
            : throw new MetainfoException($"The torrent's pieces have {length} bytes, which is not a power of two.");
    }

    private void ReadFiles()
    {
        FileList list;
        if (HasV1)
        {
            list = FileListV1.Read(_info, Name, PieceLength, out var isSingleFile);
            IsSingleFile = isSingleFile;
            Files = HasV2 ? HybridFiles.Join(list.Files, ReadTree(), PieceLength) : list.Files;
        }
        else
        {
            list = new FileList(PieceLength);
            foreach (var file in ReadTree())
            {
                list.AddAligned(file);
            }

            Files = list.Files;
            IsSingleFile = Files is [{ Path: [var only] }] && only.Span.SequenceEqual(Name.Span);
        }

        TotalLength = list.TotalLength;
    }

    private IEnumerable<TorrentFile> ReadTree() =>
        _info.TryGet("file tree"u8, out var tree) ? FileTreeV2.Read(tree, Name) : throw new MetainfoException("The torrent has no file tree.");

    private int CountPieces()
    {
        if (TotalLength == 0)
        {
            throw new MetainfoException("The torrent is empty: its files have no bytes.");
        }

        var count = (TotalLength - 1) / PieceLength + 1;
        return count <= MetainfoLimits.MaxPieces
            ? (int)count
            : throw new MetainfoException($"The torrent has {count} pieces; the limit is {MetainfoLimits.MaxPieces}.");
    }

    private ReadOnlyMemory<byte> ReadPieceHashes()
    {
        if (!HasV1)
        {
            return default;
        }

        if (!_info.TryGetBytes("pieces"u8, out var hashes) || hashes.Length % HashSize != 0)
        {
            throw new MetainfoException($"The torrent's piece hashes are not a string of {HashSize} bytes each.");
        }

        var count = hashes.Length / HashSize;
        return count == PieceCount
            ? hashes
            : throw new MetainfoException($"The torrent has {count} piece hashes but needs {PieceCount}.");
    }
}
