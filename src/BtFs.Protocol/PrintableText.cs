using System.Buffers;
using System.Globalization;
using System.Text;

namespace BtFs.Protocol;

/// <summary>Text from strangers, made fit for a terminal and a log.</summary>
public static class PrintableText
{
    private const char Stand = '?';

    /// <summary>The start of <paramref name="utf8"/> as one line without controls, invisible or direction-changing characters.</summary>
    /// <param name="utf8">Bytes that are meant as UTF-8, and perhaps are.</param>
    /// <param name="maxChars">UTF-16 units returned at most.</param>
    /// <returns>Each byte or character that cannot be shown became a question mark.</returns>
    public static string Of(ReadOnlySpan<byte> utf8, int maxChars)
    {
        var text = new StringBuilder(Math.Min(maxChars, utf8.Length));
        while (!utf8.IsEmpty)
        {
            var isRune = Rune.DecodeFromUtf8(utf8, out var rune, out var consumed) == OperationStatus.Done;
            utf8 = utf8[consumed..];
            var shown = isRune && IsPrintable(rune) ? rune : new Rune(Stand);
            if (text.Length + shown.Utf16SequenceLength > maxChars)
            {
                break;
            }

            text.Append(shown.ToString());
        }

        return text.ToString();
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
