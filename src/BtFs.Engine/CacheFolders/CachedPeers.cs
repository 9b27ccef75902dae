using System.Buffers;
using System.Net;
using BtFs.Engine.Peers;
using BtFs.Protocol.Bencode;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.CacheFolders;

/// <summary>The peers of last time, beside a torrent's cached bytes: a remount calls them before any tracker has answered.</summary>
/// <remarks>A list of <c>[address, milliseconds to a block, seconds since 1970, uTP]</c>. What does not make sense is passed over, and costs nothing but its peer.</remarks>
internal sealed class CachedPeers(CacheFolder folder)
{
    /// <summary>Bytes of the largest file that is read: twice what is written.</summary>
    internal const int MaxBytes = 8 * 1024;

    /// <summary>Milliseconds to a block that are believed.</summary>
    private const int MostMilliseconds = 60_000;

    /// <summary>Whoever was of use in the last <see cref="RememberedPeer.Life"/>, as far as the file says so.</summary>
    internal IReadOnlyList<RememberedPeer> Read(DateTimeOffset now) =>
        folder.ReadWhole(CacheFileNames.Peers, MaxBytes) is { } bytes ? Read(bytes, now) : [];

    /// <summary>Writes them for the next time, if the folder is to stay; the best first.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    internal void Keep(IReadOnlyList<RememberedPeer> peers, DateTimeOffset now)
    {
        if (folder.Retention != CacheRetention.UntilClosed && peers.Count > 0)
        {
            folder.Replace(CacheFileNames.Peers, ToBytes(peers, now));
        }
    }

    /// <inheritdoc cref="Read(DateTimeOffset)"/>
    internal static IReadOnlyList<RememberedPeer> Read(ReadOnlyMemory<byte> bytes, DateTimeOffset now)
    {
        var peers = new List<RememberedPeer>();
        if (BencodeDocument.TryParse(bytes, BencodeLimits.Dht, out var document) && document.Root.Kind == BencodeKind.List)
        {
            foreach (var row in document.Root.AsList())
            {
                if (peers.Count < RememberedPeer.Most && Peer(row, now) is { } peer)
                {
                    peers.Add(peer);
                }
            }
        }

        return peers;
    }

    /// <summary>The file's bytes.</summary>
    internal static byte[] ToBytes(IReadOnlyList<RememberedPeer> peers, DateTimeOffset now)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        writer.WriteStartList();
        foreach (var peer in peers.Take(RememberedPeer.Most))
        {
            writer.WriteStartList();
            writer.WriteString(CompactAddress.ToBytes(peer.Address));
            writer.WriteInteger((long)Math.Clamp(peer.Quickness * 1000, 1, MostMilliseconds));
            writer.WriteInteger((now - peer.Ago).ToUnixTimeSeconds());
            writer.WriteInteger(peer.SpeaksUtp ? 1 : 0);
            writer.WriteEnd();
        }

        writer.WriteEnd();
        return output.WrittenSpan.ToArray();
    }

    private static RememberedPeer? Peer(BencodeValue row, DateTimeOffset now)
    {
        var columns = new List<BencodeValue>();
        if (row.Kind == BencodeKind.List)
        {
            foreach (var column in row.AsList())
            {
                columns.Add(column);
            }
        }

        if (columns is not [{ Kind: BencodeKind.Bytes } address, { Kind: BencodeKind.Integer } wait, { Kind: BencodeKind.Integer } seen, { Kind: BencodeKind.Integer } utp]
            || CompactAddress.Read(address.AsBytes().Span) is not { } at
            || wait.AsInteger() is not (>= 1 and <= MostMilliseconds))
        {
            return null;
        }

        var oldest = now - RememberedPeer.Life;
        return seen.AsInteger() >= oldest.ToUnixTimeSeconds() && seen.AsInteger() <= now.ToUnixTimeSeconds()
            ? new RememberedPeer(at, wait.AsInteger() / 1000.0, utp.AsInteger() == 1, now - DateTimeOffset.FromUnixTimeSeconds(seen.AsInteger()))
            : null;
    }
}
