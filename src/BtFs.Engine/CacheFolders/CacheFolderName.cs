using System.Buffers;
using System.Globalization;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.CacheFolders;

/// <summary>What a torrent's folder in the cache is called: <c>INFOHASH</c>, or <c>INFOHASH.N</c> where another process has that one.</summary>
/// <param name="Torrent">Whose folder.</param>
/// <param name="Number">1 for the torrent's own; above for private ones, which are never kept.</param>
internal readonly record struct CacheFolderName(InfoHash Torrent, int Number = 1)
{
    internal bool IsPrivate => Number > 1;

    /// <summary>Reads a name, exactly as it would be written.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out CacheFolderName name)
    {
        name = default;
        Span<byte> hash = stackalloc byte[InfoHash.Size];
        const int Digits = 2 * InfoHash.Size;
        var number = 1;
        if (text.Length < Digits
            || Convert.FromHexString(text[..Digits], hash, out _, out _) != OperationStatus.Done
            || (text.Length > Digits && (text[Digits] != '.' || !int.TryParse(text[(Digits + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number))))
        {
            return false;
        }

        name = new CacheFolderName(new InfoHash(hash), number);
        return text.SequenceEqual(name.ToString());
    }

    public override string ToString() => IsPrivate ? string.Create(CultureInfo.InvariantCulture, $"{Torrent}.{Number}") : Torrent.ToString();
}
