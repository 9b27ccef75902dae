using System.Buffers;
using System.Security.Cryptography;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>Writes v1 .torrents (BEP 3), with the attributes of BEP 47.</summary>
public static class TorrentWriter
{
    /// <summary>Writes a whole .torrent.</summary>
    /// <exception cref="MetainfoException">The draft makes no sense as a torrent.</exception>
    public static byte[] Write(TorrentDraft draft)
    {
        var info = WriteInfo(draft);
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(buffer);
        writer.WriteStartDictionary();
        WriteTrackers(writer, draft.TrackerTiers);
        WriteText(writer, "comment"u8, draft.Comment);
        WriteText(writer, "created by"u8, draft.CreatedBy);
        if (draft.CreatedAt is { } createdAt)
        {
            writer.WriteKey("creation date"u8);
            writer.WriteInteger(createdAt.ToUnixTimeSeconds());
        }

        writer.WriteKey("info"u8);
        writer.WriteEncoded(info);
        if (draft.WebSeeds.Count > 0)
        {
            writer.WriteKey("url-list"u8);
            WriteTexts(writer, draft.WebSeeds);
        }

        writer.WriteEnd();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the info dictionary alone: what the infohash is of, and what peers send (BEP 9).</summary>
    /// <exception cref="MetainfoException">The draft makes no sense as a torrent.</exception>
    public static byte[] WriteInfo(TorrentDraft draft)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(buffer);
        writer.WriteStartDictionary();
        WriteFiles(writer, draft);
        WriteText(writer, "name"u8, draft.Name);
        writer.WriteKey("piece length"u8);
        writer.WriteInteger(draft.PieceLength);
        writer.WriteKey("pieces"u8);
        writer.WriteString(draft.PieceHashes.Span);
        if (draft.IsPrivate)
        {
            writer.WriteKey("private"u8);
            writer.WriteInteger(1);
        }

        writer.WriteEnd();

        // The reader knows every rule; a torrent that we would refuse is not to be written.
        var info = buffer.WrittenSpan.ToArray();
        InfoDictionary.Parse(info);
        return info;
    }

    /// <summary>SHA-1 of each piece of <paramref name="content"/>, one behind the other: a draft's <see cref="TorrentDraft.PieceHashes"/>.</summary>
    /// <param name="content">The bytes of all files, end to end.</param>
    /// <param name="pieceLength">Bytes, above 0.</param>
    public static byte[] HashPieces(ReadOnlySpan<byte> content, int pieceLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pieceLength);
        var count = (int)(((long)content.Length + pieceLength - 1) / pieceLength);
        var hashes = new byte[count * InfoHash.Size];
        for (var i = 0; i < count; i++)
        {
            var rest = content[(i * pieceLength)..];
            SHA1.HashData(rest[..Math.Min(pieceLength, rest.Length)], hashes.AsSpan(i * InfoHash.Size));
        }

        return hashes;
    }

    private static void WriteTrackers(BencodeWriter writer, IReadOnlyList<IReadOnlyList<string>> tiers)
    {
        if (tiers.SelectMany(tier => tier).FirstOrDefault() is not { } first)
        {
            return;
        }

        // For programs that do not know tiers; the others ignore it.
        WriteText(writer, "announce"u8, first);
        writer.WriteKey("announce-list"u8);
        writer.WriteStartList();
        foreach (var tier in tiers)
        {
            WriteTexts(writer, tier);
        }

        writer.WriteEnd();
    }

    private static void WriteFiles(BencodeWriter writer, TorrentDraft draft)
    {
        if (draft.IsSingleFile)
        {
            var only = draft.Files.Single();
            WriteAttributes(writer, only);
            writer.WriteKey("length"u8);
            writer.WriteInteger(only.Length);
            return;
        }

        writer.WriteKey("files"u8);
        writer.WriteStartList();
        foreach (var file in draft.Files)
        {
            writer.WriteStartDictionary();
            WriteAttributes(writer, file);
            writer.WriteKey("length"u8);
            writer.WriteInteger(file.Length);
            WritePath(writer, "path"u8, file.Path);
            if (file.IsSymlink)
            {
                WritePath(writer, "symlink path"u8, file.SymlinkTarget);
            }

            writer.WriteEnd();
        }

        writer.WriteEnd();
    }

    private static void WriteAttributes(BencodeWriter writer, TorrentFile file)
    {
        if (file.Attributes != TorrentFileAttributes.None)
        {
            writer.WriteKey("attr"u8);
            writer.WriteString(
                (file.Attributes.HasFlag(TorrentFileAttributes.Hidden) ? "h" : "")
                + (file.IsSymlink ? "l" : "")
                + (file.IsPad ? "p" : "")
                + (file.Attributes.HasFlag(TorrentFileAttributes.Executable) ? "x" : ""));
        }
    }

    private static void WritePath(BencodeWriter writer, ReadOnlySpan<byte> key, IReadOnlyList<ReadOnlyMemory<byte>> path)
    {
        writer.WriteKey(key);
        writer.WriteStartList();
        foreach (var name in path)
        {
            writer.WriteString(name.Span);
        }

        writer.WriteEnd();
    }

    private static void WriteText(BencodeWriter writer, ReadOnlySpan<byte> key, string? text)
    {
        if (text is not null)
        {
            writer.WriteKey(key);
            writer.WriteString(text);
        }
    }

    private static void WriteTexts(BencodeWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteStartList();
        foreach (var text in texts)
        {
            writer.WriteString(text);
        }

        writer.WriteEnd();
    }
}
