using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BtFs.Engine;

namespace BtFs.Commands;

/// <summary>The cache, for eyes and for programs.</summary>
internal static class CacheListing
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>A table with a line for each torrent; columns are parted by two spaces at least, and the name comes last.</summary>
    public static string Table(IReadOnlyList<CachedTorrent> torrents)
    {
        string[][] rows =
        [
            ["INFOHASH", "SIZE", "COMPLETE", "STATE", "LAST USED", "NAME"],
            .. torrents.Select(torrent => new[]
            {
                torrent.Folder, Size(torrent.BytesOnDisk), CompleteOf(torrent), StateOf(torrent), DateOf(torrent), NameOf(torrent),
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length - 1).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var table = new StringBuilder();
        foreach (var row in rows)
        {
            for (var column = 0; column < widths.Length; column++)
            {
                table.Append(row[column].PadRight(widths[column] + 2));
            }

            table.Append(row[^1]).Append('\n');
        }

        return table.ToString();
    }

    /// <summary>An array with an object for each torrent. Bytes are numbers, dates RFC 3339.</summary>
    public static string Json(IReadOnlyList<CachedTorrent> torrents)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var torrent in torrents)
            {
                json.WriteStartObject();
                json.WriteString("infohash", torrent.InfoHash.ToString());
                json.WriteString("folder", torrent.Folder);
                json.WriteString("name", torrent.Name is { } name ? Encoding.UTF8.GetString(name.Span) : null);
                json.WriteNumber("bytesOnDisk", torrent.BytesOnDisk);
                json.WriteNumber("bytesPresent", torrent.BytesPresent);
                WriteNumber(json, "length", torrent.Length);
                json.WriteBoolean("pinned", torrent.Retention == CacheRetention.Pinned);
                json.WriteBoolean("kept", torrent.Retention != CacheRetention.UntilClosed);
                json.WriteBoolean("inUse", torrent.IsInUse);
                WriteNumber(json, "process", torrent.Process);
                json.WriteString("lastUsed", torrent.LastUsed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Bytes with a unit, as in <c>1.5 GiB</c>.</summary>
    public static string Size(long bytes)
    {
        var unit = 0;
        var size = (double)bytes;
        while (size >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(size, unit == 0 || size >= 100 ? 0 : 1)} {Units[unit]}");
    }

    /// <summary>A torrent's name, fit for a terminal.</summary>
    public static string NameOf(CachedTorrent torrent) => torrent.Name is { } name ? CleanText.Line(Encoding.UTF8.GetString(name.Span)) : "name not known";

    private static string CompleteOf(CachedTorrent torrent) => torrent.Length is { } length
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)((Int128)torrent.BytesPresent * 100 / length)} %")
        : "-";

    private static string StateOf(CachedTorrent torrent)
    {
        var kept = torrent.Retention switch
        {
            CacheRetention.Pinned => "pinned",
            CacheRetention.Evictable => "kept",
            _ => torrent.IsInUse ? null : "left over",
        };
        var used = torrent switch
        {
            { IsInUse: false } => null,
            { Process: { } process } => string.Create(CultureInfo.InvariantCulture, $"in use by process {process}"),
            _ => "in use",
        };
        return string.Join(", ", new[] { kept, used }.OfType<string>());
    }

    private static string DateOf(CachedTorrent torrent) => torrent.LastUsed.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
