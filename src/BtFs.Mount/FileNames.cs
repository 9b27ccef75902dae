using System.Text;
using BtFs.Mount.Control;

namespace BtFs.Mount;

/// <summary>Makes the names in a torrent safe to show: hostile, impossible and overlong ones, without losing what a person reads in them.</summary>
/// <remarks>
/// A name is bytes that a stranger chose. What comes out is valid UTF-8, of 1 to <see cref="LongestName"/> bytes, never <c>.</c> or <c>..</c>,
/// without <c>/</c>, NUL, control characters (they drive terminals) and the invisible marks that make one name look like another.
/// The same bytes give the same name for ever.
/// </remarks>
internal static class FileNames
{
    /// <summary>Longest name of a file in bytes: NAME_MAX of Linux.</summary>
    public const int LongestName = 255;

    /// <summary>What a longer name is cut to, in bytes: leaves room for a number.</summary>
    public const int CutLength = 240;

    /// <summary>Longest ending that counts as an extension and survives a cut, in bytes, its dot included.</summary>
    public const int LongestExtension = 16;

    /// <summary>The name under which a file or folder of a torrent is shown.</summary>
    /// <param name="raw">One element of a path, as it stands in the torrent.</param>
    public static string Clean(ReadOnlySpan<byte> raw)
    {
        var clean = new StringBuilder(Math.Min(raw.Length, LongestName));
        while (!raw.IsEmpty)
        {
            // What is not UTF-8 decodes to U+FFFD, one for each broken sequence: the rest of the name stays readable.
            Rune.DecodeFromUtf8(raw, out var rune, out var length);
            raw = raw[length..];
            if (IsForbidden(rune))
            {
                clean.Append('_');
            }
            else if (!IsInvisible(rune))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString() switch
        {
            "" or "." or ".." => "_",
            var name when Encoding.UTF8.GetByteCount(name) > LongestName => Cut(name, suffix: "", CutLength),
            var name => name,
        };
    }

    /// <summary>The name under which something is shown at the top of a mount, where one name is taken: by the folder that tells of the mount itself.</summary>
    /// <param name="raw">One element of a path, as it stands in the torrent.</param>
    public static string CleanAtTop(ReadOnlySpan<byte> raw)
    {
        var name = Clean(raw);
        return Encoding.UTF8.GetBytes(name).AsSpan().SequenceEqual(ControlBranch.FolderName) ? Numbered(name, 2) : name;
    }

    /// <summary>The same name, told apart from its equals: <c>film.mkv</c>, <c>film (2).mkv</c>, <c>film (3).mkv</c>.</summary>
    /// <param name="name">A clean name.</param>
    /// <param name="number">2 and up.</param>
    public static string Numbered(string name, int number) => Cut(name, $" ({number})", LongestName);

    /// <summary>Puts a suffix before the extension, and takes from the end of the stem what would be too long.</summary>
    private static string Cut(string name, string suffix, int limit)
    {
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 ? name[dot..] : "";
        if (Encoding.UTF8.GetByteCount(extension) > LongestExtension)
        {
            extension = "";
        }

        var room = limit - Encoding.UTF8.GetByteCount(extension) - suffix.Length;
        var stem = new StringBuilder();
        foreach (var rune in name[..^extension.Length].EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
            {
                break;
            }

            stem.Append(rune);
        }

        return stem.Append(suffix).Append(extension).ToString();
    }

    /// <summary>The separator, NUL, C0, DEL, C1, and the two separators of lines that are not control characters.</summary>
    private static bool IsForbidden(Rune rune) => rune.Value is '/' or < 0x20 or (>= 0x7f and < 0xa0) or 0x2028 or 0x2029;

    /// <summary>Zero-width characters and the marks that turn the direction of writing: "gpj.exe" must not read as "exe.jpg".</summary>
    private static bool IsInvisible(Rune rune) => rune.Value
        is 0x061c or (>= 0x200b and <= 0x200f) or (>= 0x202a and <= 0x202e) or (>= 0x2060 and <= 0x2064) or (>= 0x2066 and <= 0x2069) or 0xfeff;
}
