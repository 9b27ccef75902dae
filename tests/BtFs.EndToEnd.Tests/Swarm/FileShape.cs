using System.Text;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A file that a torrent shall have.</summary>
/// <param name="Path">Its path below the torrent's folder, in the torrent's own bytes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Island">For a sparse file the spacing, in bytes, of its 64-byte islands of content; else 0 and all of it is content.</param>
internal sealed record FileShape(IReadOnlyList<byte[]> Path, long Length, long Island = 0)
{
    private const int LongestName = 255;

    public FileShape(string path, long length, long island = 0)
        : this([.. path.Split('/').Select(Encoding.UTF8.GetBytes)], length, island)
    {
    }

    /// <summary>Its content where the test brings its own, else made up.</summary>
    public byte[]? Content { get; init; }

    /// <summary>The path as text where every disk can hold it, else null.</summary>
    public string? PlainPath
    {
        get
        {
            var names = Path.Select(name => Encoding.UTF8.GetString(name)).ToList();
            var plain = names.Zip(Path).All(pair =>
                pair.Second.Length is > 0 and <= LongestName
                && Encoding.UTF8.GetBytes(pair.First).AsSpan().SequenceEqual(pair.Second)
                && pair.First is not ("." or "..")
                && !pair.First.Contains('/')
                && !pair.First.Contains('\0'));
            return plain ? string.Join('/', names) : null;
        }
    }
}
