using System.Text;

namespace BtFs.Libraries;

/// <summary>A request as it is written into <c>.btfs/control</c>: a line, and behind <c>torrent</c> the bytes of one.</summary>
/// <param name="Verb">What is wanted.</param>
/// <param name="Operand">A source, or a torrent of the library by its name or infohash.</param>
/// <param name="Torrent">The bytes of a .torrent.</param>
internal sealed record ControlRequest(ControlVerb Verb, string Operand, ReadOnlyMemory<byte> Torrent)
{
    private const int LongestLine = 1 << 16;

    /// <summary>Reads a request; <see langword="null"/> if it is none.</summary>
    public static ControlRequest? TryRead(ReadOnlyMemory<byte> request)
    {
        var end = request.Span.IndexOf((byte)'\n');
        var line = end < 0 ? request : request[..end];
        if (line.Length > LongestLine)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(line.Span).TrimEnd('\r');
        var (verb, operand) = text.Split(' ', 2) is [var first, var rest] ? (first, rest.Trim()) : (text, "");
        return (verb, operand) switch
        {
            ("add", not "") => new(ControlVerb.Add, operand, default),
            ("torrent", _) => new(ControlVerb.Torrent, operand, end < 0 ? default : request[(end + 1)..]),
            ("remove", not "") => new(ControlVerb.Remove, operand, default),
            ("delete", not "") => new(ControlVerb.Delete, operand, default),
            _ => null,
        };
    }

    /// <summary>The request as bytes.</summary>
    public byte[] ToBytes() => [.. Encoding.UTF8.GetBytes($"{Verb.ToString().ToLowerInvariant()} {Operand}".TrimEnd() + "\n"), .. Torrent.Span];
}

/// <summary>What may be asked of a library.</summary>
internal enum ControlVerb
{
    /// <summary>Add what a magnet link, a URL or an infohash names.</summary>
    Add,

    /// <summary>Add the .torrent that follows.</summary>
    Torrent,

    /// <summary>Remove a torrent.</summary>
    Remove,

    /// <summary>Remove a torrent, and its bytes from the cache.</summary>
    Delete,
}
