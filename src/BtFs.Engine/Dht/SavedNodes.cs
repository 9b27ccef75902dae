using System.Buffers;
using System.Net;
using BtFs.Protocol.Bencode;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>The nodes that we knew when we last ended, and where others saw us. Our id is not kept: two mounts at once must not share one.</summary>
/// <param name="Nodes">Nodes that answered.</param>
/// <param name="External">Our addresses, one of a family at most.</param>
internal sealed record SavedNodes(IReadOnlyList<NodeContact> Nodes, IReadOnlyList<IPAddress> External)
{
    /// <summary>Bytes of the largest file that is read: a few times what is written.</summary>
    private const int MaxFileBytes = 64 * 1024;

    internal static SavedNodes None { get; } = new([], []);

    /// <summary>Reads what was written; whatever cannot be used is left out.</summary>
    internal static SavedNodes Read(ReadOnlyMemory<byte> bytes)
    {
        if (!BencodeDocument.TryParse(bytes, BencodeLimits.Dht, out var document))
        {
            return None;
        }

        var root = document.Root;
        var external = new List<IPAddress>();
        foreach (var (key, length) in new[] { ("ip", 4), ("ip6", 16) })
        {
            if (root.TryGetBytes(System.Text.Encoding.ASCII.GetBytes(key), out var address) && address.Length == length)
            {
                external.Add(new IPAddress(address.Span));
            }
        }

        return new SavedNodes([.. NodesIn(root, "nodes"u8, DhtFamilies.IPv4), .. NodesIn(root, "nodes6"u8, DhtFamilies.IPv6)], external);
    }

    /// <summary>The bytes to write.</summary>
    internal byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        writer.WriteStartDictionary();
        WriteAddress(writer, "ip"u8, DhtFamilies.IPv4);
        WriteAddress(writer, "ip6"u8, DhtFamilies.IPv6);
        WriteNodes(writer, "nodes"u8, DhtFamilies.IPv4);
        WriteNodes(writer, "nodes6"u8, DhtFamilies.IPv6);
        writer.WriteEnd();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a file; one that is missing or damaged is as good as an empty one.</summary>
    internal static async Task<SavedNodes> LoadAsync(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaxFileBytes } ? Read(await File.ReadAllBytesAsync(path)) : None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return None;
        }
    }

    /// <summary>Writes a file beside the old one, and puts it in its place.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal async Task SaveAsync(string path)
    {
        const UnixFileMode OurFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OurFolder);
        var beside = $"{path}.{Environment.ProcessId}";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            await using (var file = new FileStream(beside, options))
            {
                await file.WriteAsync(ToBytes());
            }

            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static List<NodeContact> NodesIn(BencodeValue root, ReadOnlySpan<byte> key, DhtFamilies family) =>
        root.TryGetBytes(key, out var bytes) ? CompactNodes.Read(bytes.Span, family, DhtLimits.SavedNodes) : [];

    private void WriteAddress(BencodeWriter writer, ReadOnlySpan<byte> key, DhtFamilies family)
    {
        if (External.FirstOrDefault(address => CompactAddress.FamilyOf(address) == family) is { } address)
        {
            writer.WriteKey(key);
            writer.WriteString(address.GetAddressBytes());
        }
    }

    private void WriteNodes(BencodeWriter writer, ReadOnlySpan<byte> key, DhtFamilies family)
    {
        writer.WriteKey(key);
        writer.WriteString(CompactNodes.ToBytes([.. Nodes.Where(node => CompactAddress.FamilyOf(node.Address.Address) == family)], family));
    }
}
