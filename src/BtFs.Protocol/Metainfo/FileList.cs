namespace BtFs.Protocol.Metainfo;

/// <summary>The files of a torrent while they are being read: laid end to end, counted and summed against the limits.</summary>
internal sealed class FileList(int pieceLength)
{
    private readonly List<TorrentFile> _files = [];

    public IReadOnlyList<TorrentFile> Files => _files;

    /// <summary>Bytes so far.</summary>
    public long TotalLength { get; private set; }

    /// <exception cref="MetainfoException">The torrent has too many files or bytes.</exception>
    public void Add(TorrentFile file)
    {
        if (_files.Count == MetainfoLimits.MaxFiles)
        {
            throw new MetainfoException($"The torrent has more than {MetainfoLimits.MaxFiles} files.");
        }

        // Never overflows: both are at most 2^63 − 1 − 2^50 apart from it.
        if (file.Length > MetainfoLimits.MaxTotalLength - TotalLength)
        {
            throw new MetainfoException("The torrent's files are larger than 1 PiB together.");
        }

        TotalLength += file.Length;
        _files.Add(file);
    }

    /// <summary>Adds a v2 file: where it has bytes it starts a piece, and what lies before it is padding (BEP 52).</summary>
    public void AddAligned(TorrentFile file)
    {
        var over = TotalLength % pieceLength;
        if (file.Length > 0 && over > 0)
        {
            Add(TorrentFile.PadOf(pieceLength - over));
        }

        Add(file);
    }
}
