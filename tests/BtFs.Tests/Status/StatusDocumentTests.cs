using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BtFs.Status.Document;

namespace BtFs.Tests.Status;

/// <summary>The form of <c>status.json</c>, and that docs/STATUS.md tells of it.</summary>
public sealed partial class StatusDocumentTests
{
    [Fact]
    public void Every_member_that_is_written_is_documented_and_every_documented_one_is_written()
    {
        using var json = JsonDocument.Parse(StatusJson.Write(SampleStatus.With("film")));
        var written = new SortedSet<string>(StringComparer.Ordinal);
        Collect(json.RootElement, "", written);
        var documented = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "STATUS.md"))
            .SkipWhile(line => line != "## status.json")
            .Select(line => Member().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value);

        Assert.Equal(written, new SortedSet<string>(documented, StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_written_is_read_again_as_it_was()
    {
        var text = StatusJson.Write(SampleStatus.With("Фильм 映画\u001b[2J"));

        Assert.Equal(text, StatusJson.Write(StatusJson.Read(text)!));
    }

    [Fact]
    public void Whatever_a_name_is_the_text_has_no_character_that_drives_a_terminal()
    {
        var text = StatusJson.Write(SampleStatus.With("\u001b[2J\u009b\u202e\r映画"));

        Assert.DoesNotContain(text, character => character is (< 0x20 and not (byte)'\n') or >= 0x7f);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":1}")]
    [InlineData("not json at all")]
    public void What_is_no_such_document_is_none(string text) => Assert.Null(StatusJson.Read(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("\"torrents\": [", "\"torrents\": null, \"x\": [")]
    [InlineData("\"readers\": [", "\"readers\": null, \"x\": [")]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"process\": 4242", "\"process\": \"many\"")]
    public void One_with_a_hole_in_it_or_of_another_version_is_none_either(string good, string bad)
    {
        var text = Encoding.UTF8.GetString(StatusJson.Write(SampleStatus.With("film")));

        Assert.Contains(good, text);
        Assert.Null(StatusJson.Read(Encoding.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal))));
    }

    private static void Collect(JsonElement element, string path, SortedSet<string> into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    var name = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    into.Add(name);
                    Collect(member.Value, name, into);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, path + "[]", into);
                }

                break;
            default:
                break;
        }
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|")]
    private static partial Regex Member();
}
