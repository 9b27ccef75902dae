using System.Text;

namespace BtFs;

/// <summary>Text from strangers (torrents, peers, trackers, arguments) made fit for a terminal and a log: no character in it can drive either.</summary>
internal static class CleanText
{
    private const int LongestShort = 40;

    /// <summary>One line: every control character becomes <c>?</c>, and the marks that reverse the direction of writing are dropped.</summary>
    public static string Line(string text) => Clean(text, keepLineFeeds: false);

    /// <summary>The same, but the text may have several lines.</summary>
    public static string Lines(string text) => Clean(text, keepLineFeeds: true);

    /// <summary>One line, cut to what leaves room beside it on a terminal.</summary>
    public static string Short(string text) => Line(text) is { Length: > LongestShort } clean ? clean[..(LongestShort - 1)] + "…" : Line(text);

    private static string Clean(string text, bool keepLineFeeds)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsControl(c) && !(c == '\n' && keepLineFeeds) || c is '\u2028' or '\u2029')
            {
                clean.Append('?');
            }
            else if (c is not ('\u061c' or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069')))
            {
                clean.Append(c);
            }
        }

        return clean.ToString();
    }
}
