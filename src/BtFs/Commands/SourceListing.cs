using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BtFs.Engine;
using BtFs.Mount;
using BtFs.Protocol.Metainfo;

namespace BtFs.Commands;

/// <summary>What is in a torrent, for eyes and for programs. Of trackers only the hosts are told: the rest of a URL may be a key.</summary>
/// <param name="source">Where it is to be had.</param>
/// <param name="info">What it says of itself.</param>
/// <param name="tree">How a mount shows it.</param>
internal sealed class SourceListing(TorrentSource source, InfoDictionary info, FileTree tree)
{
    private const int SizeWidth = 10;

    private string Name => CleanText.Line(Encoding.UTF8.GetString(info.Name.Span));

    private IReadOnlyList<string> Trackers => [.. source.TrackerTiers.SelectMany(tier => tier).Select(tracker => tracker.Host).Distinct()];

    private IReadOnlyList<string> WebSeeds => [.. source.WebSeeds.Concat(source.HttpSeeds).Select(seed => seed.Host).Distinct()];

    /// <summary>A few lines about the torrent, then one for each file.</summary>
    public string Text(bool isLong)
    {
        var text = new StringBuilder();
        Append(text, "name", Name);
        Append(text, "infohash", info.InfoHash.ToString());
        Append(text, "size", isLong ? $"{tree.TotalLength} bytes in {tree.FileCount} files" : $"{CacheListing.Size(tree.TotalLength)} in {tree.FileCount} files");
        Append(text, "pieces", $"{info.PieceCount} of {CacheListing.Size(info.PieceLength)}");
        Append(text, "private", info.IsPrivate ? "yes" : "no");
        Append(text, "trackers", Hosts(Trackers, isLong));
        Append(text, "web seeds", Hosts(WebSeeds, isLong));
        if (source.CreatedAt is { } created)
        {
            Append(text, "created", created.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        text.Append('\n');
        foreach (var file in tree.Files)
        {
            var size = isLong ? file.Length.ToString(CultureInfo.InvariantCulture) : CacheListing.Size(file.Length);
            text.Append(isLong ? string.Create(CultureInfo.InvariantCulture, $"{file.Number,6}  {size,16}") : $"{size,SizeWidth}")
                .Append("  ").Append(CleanText.Line(file.Path))
                .Append(file.LinksTo is { } target ? $" -> {CleanText.Line(target)}" : "")
                .Append('\n');
        }

        return text.ToString();
    }

    /// <summary>One object; sizes are bytes, the date is RFC 3339.</summary>
    public string Json()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("name", Encoding.UTF8.GetString(info.Name.Span));
            json.WriteString("infohash", info.InfoHash.ToString());
            json.WriteNumber("length", tree.TotalLength);
            json.WriteNumber("pieceLength", info.PieceLength);
            json.WriteNumber("pieces", info.PieceCount);
            json.WriteBoolean("private", info.IsPrivate);
            Write(json, "trackers", Trackers);
            Write(json, "webSeeds", WebSeeds);
            json.WriteString("created", source.CreatedAt?.ToString("O", CultureInfo.InvariantCulture));
            json.WriteStartArray("files");
            foreach (var file in tree.Files)
            {
                json.WriteStartObject();
                json.WriteNumber("number", file.Number);
                json.WriteString("path", file.Path);
                json.WriteNumber("length", file.Length);
                json.WriteString("linksTo", file.LinksTo);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Append(StringBuilder text, string label, string value) => text.Append($"{label + ":",-12}").Append(value).Append('\n');

    private static string Hosts(IReadOnlyList<string> hosts, bool isLong) =>
        isLong && hosts.Count > 0 ? CleanText.Line(string.Join(", ", hosts)) : hosts.Count.ToString(CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
