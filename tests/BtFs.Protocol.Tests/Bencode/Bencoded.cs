using System.Text;

namespace BtFs.Protocol.Tests.Bencode;

/// <summary>Makes bencoding for tests, wrong on purpose where asked: keys stay in the order given, and may repeat.</summary>
internal static class Bencoded
{
    /// <summary>Encodes an integer, a string, bytes, an <c>object[]</c> as a list, pairs as a dictionary, and <see cref="Raw"/> as it is.</summary>
    public static byte[] Of(object value)
    {
        using var bytes = new MemoryStream();
        Append(bytes, value);
        return bytes.ToArray();
    }

    public static byte[] Text(string bencoding) => Encoding.Latin1.GetBytes(bencoding);

    public static (string Key, object Value)[] Dictionary(params (string Key, object Value)[] entries) => entries;

    private static void Append(MemoryStream bytes, object value)
    {
        switch (value)
        {
            case Raw raw:
                bytes.Write(raw.Bytes);
                break;
            case int or long:
                bytes.Write(Text($"i{value}e"));
                break;
            case string text:
                Append(bytes, Encoding.UTF8.GetBytes(text));
                break;
            case byte[] content:
                bytes.Write(Text($"{content.Length}:"));
                bytes.Write(content);
                break;
            case (string Key, object Value)[] entries:
                bytes.WriteByte((byte)'d');
                foreach (var (key, entry) in entries)
                {
                    Append(bytes, Encoding.Latin1.GetBytes(key));
                    Append(bytes, entry);
                }

                bytes.WriteByte((byte)'e');
                break;
            case IEnumerable<object> items:
                bytes.WriteByte((byte)'l');
                foreach (var item in items)
                {
                    Append(bytes, item);
                }

                bytes.WriteByte((byte)'e');
                break;
            default:
                throw new ArgumentException($"No bencoding for {value.GetType()}.", nameof(value));
        }
    }

    /// <summary>Bytes that are bencoding already, or are not meant to be.</summary>
    internal sealed record Raw(byte[] Bytes);
}
