using System.Text.Json;
using System.Text.Json.Serialization;

namespace BtFs.Status.Document;

/// <summary>A <see cref="StatusDocument"/> as JSON, and back. What is not ASCII is escaped, so the text can drive no terminal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StatusDocument), TypeInfoPropertyName = "Whole")]
internal sealed partial class StatusJson : JsonSerializerContext
{
    /// <summary>The text, UTF-8.</summary>
    public static byte[] Write(StatusDocument document) => JsonSerializer.SerializeToUtf8Bytes(document, Default.Whole);

    /// <summary>Reads what a mount says. Nothing in it is to be believed but its form.</summary>
    /// <returns>Null when it is no such document, or one of another version.</returns>
    public static StatusDocument? Read(ReadOnlySpan<byte> text)
    {
        try
        {
            var document = JsonSerializer.Deserialize(text, Default.Whole);
            return document is { Version: StatusDocument.CurrentVersion } ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
