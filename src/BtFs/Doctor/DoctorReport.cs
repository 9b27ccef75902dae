using System.Buffers;
using System.Text;
using System.Text.Json;

namespace BtFs.Doctor;

/// <summary>What was found, for eyes and for programs.</summary>
internal static class DoctorReport
{
    private const int NameWidth = 12;

    /// <summary>One line, and a second one with what to do where there is something.</summary>
    public static string Line(Check check)
    {
        var line = $"{Word(check.Verdict),-8} {check.Name,-NameWidth} {CleanText.Line(check.Text)}";
        return check.Remedy is { } remedy ? $"{line}\n{"",-8} {"",-NameWidth} {CleanText.Line(remedy)}" : line;
    }

    /// <summary>An array with an object for each check.</summary>
    public static string Json(IEnumerable<Check> checks)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var check in checks)
            {
                json.WriteStartObject();
                json.WriteString("check", check.Name);
                json.WriteString("verdict", Word(check.Verdict));
                json.WriteString("text", check.Text);
                json.WriteString("remedy", check.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warning => "warning",
        _ => "problem",
    };
}
