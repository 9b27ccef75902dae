using System.Buffers;
using System.Text;
using System.Text.Json;

namespace BtFs.Status;

/// <summary>JSON that a mount gave, written anew: the same values, and nothing in it that drives a terminal.</summary>
internal static class JsonText
{
    /// <summary>One document.</summary>
    public static string Of(byte[] text) => Write(json => Copy(text, json));

    /// <summary>An array of documents.</summary>
    public static string List(IEnumerable<byte[]> texts) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var text in texts)
        {
            Copy(text, json);
        }

        json.WriteEndArray();
    });

    private static void Copy(byte[] text, Utf8JsonWriter json)
    {
        using var document = JsonDocument.Parse(text);
        document.RootElement.WriteTo(json);
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
