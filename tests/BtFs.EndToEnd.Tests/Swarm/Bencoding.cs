using System.Globalization;
using System.Text;

namespace BtFs.EndToEnd.Swarm;

/// <summary>Writes bencode (BEP 3), also such as no honest program would: keys go out in the order given.</summary>
internal static class Bencoding
{
    public static byte[] Of(object value)
    {
        using var output = new MemoryStream();
        Write(output, value);
        return output.ToArray();
    }

    private static void Write(MemoryStream output, object value)
    {
        switch (value)
        {
            case long or int:
                output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"i{value}e")));
                break;
            case string text:
                Write(output, Encoding.UTF8.GetBytes(text));
                break;
            case byte[] bytes:
                output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length}:")));
                output.Write(bytes);
                break;
            case Raw raw:
                output.Write(raw.Bytes);
                break;
            case (string, object)[] dictionary:
                output.WriteByte((byte)'d');
                foreach (var (key, item) in dictionary)
                {
                    Write(output, key);
                    Write(output, item);
                }

                output.WriteByte((byte)'e');
                break;
            case IEnumerable<object> list:
                output.WriteByte((byte)'l');
                foreach (var item in list)
                {
                    Write(output, item);
                }

                output.WriteByte((byte)'e');
                break;
            default:
                throw new ArgumentException($"{value.GetType()} has no bencoding.");
        }
    }

    /// <summary>Bytes that are bencode already, or nonsense on purpose.</summary>
    public sealed record Raw(byte[] Bytes);
}
