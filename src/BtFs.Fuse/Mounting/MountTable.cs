using System.Text;

namespace BtFs.Fuse.Mounting;

/// <summary>One line of <c>/proc/self/mountinfo</c> (proc(5)).</summary>
/// <param name="Device">The mount's device number, <c>major:minor</c>. For FUSE it names the connection, and no two live at once share it.</param>
/// <param name="Directory">Where, as an absolute path in our namespace.</param>
/// <param name="Type">Such as <c>ext4</c> or <c>fuse.sshfs</c>.</param>
internal sealed record MountTableLine(string Device, string Directory, string Type);

/// <summary>What is mounted, from the kernel's own list: asking it never touches a mount, dead or alive.</summary>
internal static class MountTable
{
    private const string Path = "/proc/self/mountinfo";
    private const int DeviceField = 2;
    private const int DirectoryField = 4;
    private const int FirstOptionalField = 6;
    private const int OctalDigits = 3;

    /// <summary>The mount that a path leads into, of those mounted exactly there: the last one. <see langword="null"/> if none is.</summary>
    public static MountTableLine? TopAt(string directory) => All().LastOrDefault(line => line.Directory == directory);

    /// <summary>Everything, those on top of others behind them.</summary>
    public static IEnumerable<MountTableLine> All() => Parse(File.ReadLines(Path));

    internal static IEnumerable<MountTableLine> Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var fields = line.Split(' ');
            var separator = fields.Length > FirstOptionalField ? Array.IndexOf(fields, "-", FirstOptionalField) : -1;
            if (separator > 0 && separator + 1 < fields.Length)
            {
                yield return new MountTableLine(fields[DeviceField], Unescape(fields[DirectoryField]), fields[separator + 1]);
            }
        }
    }

    /// <summary>Spaces, tabs, newlines and backslashes are written as a backslash and three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + OctalDigits < text.Length && IsOctal(text.AsSpan(i + 1, OctalDigits)))
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, OctalDigits), 8));
                i += OctalDigits;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    private static bool IsOctal(ReadOnlySpan<char> digits) => !digits.ContainsAnyExceptInRange('0', '7');
}
