namespace BtFs.Playing;

/// <summary>The order in which people number things: folder by folder, <c>2</c> before <c>10</c>, capitals like small letters.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static readonly NaturalOrder Comparer = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (left, right) = ((x ?? "").Split('/'), (y ?? "").Split('/'));
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (CompareNames(left[i], right[i]) is not 0 and var order)
            {
                return order;
            }
        }

        // The same but for capitals or leading zeros: any order will do, as long as it is one.
        return left.Length != right.Length ? left.Length - right.Length : string.CompareOrdinal(x, y);
    }

    private static int CompareNames(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        while (x.Length > 0 && y.Length > 0)
        {
            int order;
            if (char.IsAsciiDigit(x[0]) && char.IsAsciiDigit(y[0]))
            {
                order = CompareNumbers(TakeNumber(ref x), TakeNumber(ref y));
            }
            else
            {
                order = char.ToUpperInvariant(x[0]).CompareTo(char.ToUpperInvariant(y[0]));
                x = x[1..];
                y = y[1..];
            }

            if (order != 0)
            {
                return order;
            }
        }

        return x.Length - y.Length;
    }

    /// <summary>Without leading zeros, so that the longer one is the greater, however long.</summary>
    private static int CompareNumbers(ReadOnlySpan<char> x, ReadOnlySpan<char> y) =>
        x.Length != y.Length ? x.Length - y.Length : x.SequenceCompareTo(y);

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExceptInRange('0', '9');
        var number = length < 0 ? text : text[..length];
        text = text[number.Length..];
        return number.TrimStart('0');
    }
}
