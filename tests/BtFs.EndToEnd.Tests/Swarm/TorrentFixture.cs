using System.Net;
using System.Security.Cryptography;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A torrent with its content on disk, the same bytes in every run.</summary>
internal sealed class TorrentFixture
{
    /// <summary>1 January 2020, 00:00 UTC: the creation date written into every torrent, in Unix seconds.</summary>
    public const long CreatedAt = 1_577_836_800;

    private readonly FileShape[] _shapes;

    private TorrentFixture(TemporaryFolder folder, string name, FileShape[] shapes, int pieceLength, bool single)
    {
        _shapes = shapes;
        Name = name;
        PieceLength = pieceLength;
        SaveFolder = folder.Sub($"content-{Guid.NewGuid():N}");
        TorrentFile = folder.At($"{Guid.NewGuid():N}.torrent");
        DiskPaths = single ? [name] : PathsOnDisk(name, shapes);
        IsSingleFile = single;
    }

    public string Name { get; }

    public int PieceLength { get; }

    public bool IsSingleFile { get; }

    /// <summary>Where the content is, as a client's download folder.</summary>
    public string SaveFolder { get; }

    public string TorrentFile { get; }

    /// <summary>Where each file is, below <see cref="SaveFolder"/>.</summary>
    public IReadOnlyList<string> DiskPaths { get; }

    public string InfoHash { get; private set; } = "";

    public long Length => _shapes.Sum(shape => shape.Length);

    public IReadOnlyList<FileShape> Files => _shapes;

    public static TorrentFixture Make(TemporaryFolder folder, string name, int pieceLength, params FileShape[] shapes)
    {
        var torrent = new TorrentFixture(folder, name, shapes, pieceLength, single: false);
        torrent.Write();
        return torrent;
    }

    public static TorrentFixture MakeSingle(TemporaryFolder folder, string name, int pieceLength, FileShape shape)
    {
        var torrent = new TorrentFixture(folder, name, [shape], pieceLength, single: true);
        torrent.Write();
        return torrent;
    }

    /// <summary>The path of a file on the seed's disk.</summary>
    public string Disk(int file) => Path.Combine(SaveFolder, DiskPaths[file]);

    /// <summary>The same torrent in another .torrent that names this tracker.</summary>
    public string WithTracker(string announceUrl) => With(announceUrl, ("announce", announceUrl));

    /// <summary>The same torrent in another .torrent that names these web seeds.</summary>
    public string WithWebSeeds(params string[] urls) => With(string.Concat(urls), ("url-list", urls.Cast<object>()));

    public string Magnet(params IEnumerable<IPEndPoint> peers) =>
        $"magnet:?xt=urn:btih:{InfoHash}&dn={Uri.EscapeDataString(Name)}{string.Concat(peers.Select(peer => $"&x.pe={peer}"))}";

    public string MagnetByTracker(string announceUrl) => $"{Magnet()}&tr={Uri.EscapeDataString(announceUrl)}";

    /// <summary>The first and last piece that hold a byte of this file.</summary>
    public (int First, int Last) PiecesOf(int file)
    {
        var start = _shapes.Take(file).Sum(shape => shape.Length);
        return ((int)(start / PieceLength), (int)((start + _shapes[file].Length - 1) / PieceLength));
    }

    /// <summary>The torrent's own paths where a disk can hold them, numbers elsewhere: what is no name, and what is taken already.</summary>
    private static string[] PathsOnDisk(string name, FileShape[] shapes)
    {
        var folders = shapes.Select(shape => Path.GetDirectoryName(shape.PlainPath)).ToHashSet();
        var taken = new HashSet<string>();
        return
        [
            .. shapes.Select((shape, index) =>
                shape.PlainPath is { } plain && !folders.Contains(plain) && taken.Add(plain) ? $"{name}/{plain}" : $"odd/{index}"),
        ];
    }

    private void Write()
    {
        for (var index = 0; index < _shapes.Length; index++)
        {
            TorrentContent.Write(Disk(index), _shapes[index], seed: index);
        }

        var pieces = TorrentContent.HashPieces(_shapes, [.. Enumerable.Range(0, _shapes.Length).Select(Disk)], PieceLength);
        _info = IsSingleFile
            ? Bencoding.Of(new (string, object)[] { ("length", Length), ("name", Name), ("piece length", PieceLength), ("pieces", pieces) })
            : Bencoding.Of(new (string, object)[] { ("files", _shapes.Select(Entry)), ("name", Name), ("piece length", PieceLength), ("pieces", pieces) });
        InfoHash = Convert.ToHexStringLower(SHA1.HashData(_info));
        File.WriteAllBytes(TorrentFile, Metainfo([]));
    }

    private byte[] _info = [];

    private static object Entry(FileShape shape) => new (string, object)[] { ("length", shape.Length), ("path", shape.Path.Cast<object>()) };

    /// <param name="mark">What makes the name of the file another one.</param>
    /// <param name="link">What stands beside the info dictionary.</param>
    private string With(string mark, (string, object) link)
    {
        var path = Path.ChangeExtension(TorrentFile, $".{Convert.ToHexString(SHA1.HashData(System.Text.Encoding.UTF8.GetBytes(mark)))[..8]}.torrent");
        File.WriteAllBytes(path, Metainfo([link]));
        return path;
    }

    private byte[] Metainfo(IEnumerable<(string Key, object Value)> links) => Bencoding.Of(
        links.Concat([("creation date", CreatedAt), ("info", new Bencoding.Raw(_info))]).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray());
}
