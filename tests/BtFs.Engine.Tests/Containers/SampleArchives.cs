using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace BtFs.Engine.Tests.Containers;

/// <summary>ZIP archives of random bytes, seeded.</summary>
internal static class SampleArchives
{
    private const int EndLength = 22;

    internal static byte[] Make(string comment = "", int entries = 300, int entryLength = 16 * 1024)
    {
        var random = new Random(7);
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            archive.Comment = comment;
            for (var i = 0; i < entries; i++)
            {
                var bytes = new byte[entryLength];
                random.NextBytes(bytes);
                using var entry = archive.CreateEntry($"entry {i}", CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }

    /// <summary>The same archive with its directory's place told by ZIP64 records only.</summary>
    internal static byte[] AsZip64(byte[] archive)
    {
        var end = archive.AsSpan(archive.Length - EndLength).ToArray();
        var entries = BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(10));
        var length = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12));
        var start = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16));
        end.AsSpan(8, 12).Fill(0xff);

        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file, Encoding.Latin1);
        writer.Write(archive, 0, archive.Length - EndLength);
        writer.Write("PK\u0006\u0006"u8);
        writer.Write(44L);
        writer.Write((short)45);
        writer.Write((short)45);
        writer.Write(0L);
        writer.Write((long)entries);
        writer.Write((long)entries);
        writer.Write((long)length);
        writer.Write((long)start);
        writer.Write("PK\u0006\u0007"u8);
        writer.Write(0);
        writer.Write((long)(archive.Length - EndLength));
        writer.Write(1);
        writer.Write(end);
        return file.ToArray();
    }

    /// <summary>The names in an archive of which only a part is known, the rest being zeros.</summary>
    internal static List<string> NamesWith(byte[] archive, params (long Start, long Length)[] known)
    {
        var partial = new byte[archive.Length];
        foreach (var (start, length) in known)
        {
            Array.Copy(archive, start, partial, start, length);
        }

        using var reader = new ZipArchive(new MemoryStream(partial), ZipArchiveMode.Read);
        return [.. reader.Entries.Select(entry => entry.FullName)];
    }
}
