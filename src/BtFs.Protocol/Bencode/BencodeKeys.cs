namespace BtFs.Protocol.Bencode;

/// <summary>The keys of one dictionary, and their order: by raw bytes (BEP 3).</summary>
internal static class BencodeKeys
{
    public static int Compare(ReadOnlySpan<byte> bytes, BencodeToken left, BencodeToken right) =>
        bytes[left.Content..left.End].SequenceCompareTo(bytes[right.Content..right.End]);

    /// <summary>Looks for a key that comes twice in a dictionary whose keys are out of order.</summary>
    /// <returns>Where the second one is, in bytes from the start of the document; null if all differ.</returns>
    /// <remarks>Sorts instead of hashing, so that nobody can choose keys that make it slow.</remarks>
    public static int? FindDuplicate(ReadOnlyMemory<byte> bytes, BencodeToken[] tokens, int dictionary)
    {
        var keys = KeysOf(tokens, dictionary);
        Array.Sort(keys, (left, right) => Compare(bytes.Span, tokens[left], tokens[right]));
        for (var i = 1; i < keys.Length; i++)
        {
            if (Compare(bytes.Span, tokens[keys[i - 1]], tokens[keys[i]]) == 0)
            {
                return tokens[Math.Max(keys[i - 1], keys[i])].Start;
            }
        }

        return null;
    }

    private static int[] KeysOf(BencodeToken[] tokens, int dictionary)
    {
        var count = 0;
        for (var key = dictionary + 1; key < tokens[dictionary].Next; key = tokens[key + 1].Next)
        {
            count++;
        }

        var keys = new int[count];
        var next = 0;
        for (var key = dictionary + 1; key < tokens[dictionary].Next; key = tokens[key + 1].Next)
        {
            keys[next++] = key;
        }

        return keys;
    }
}
