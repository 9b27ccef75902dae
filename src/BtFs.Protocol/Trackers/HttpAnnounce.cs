using System.Globalization;
using System.Net;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Trackers;

/// <summary>Announces over HTTP (BEP 3, 7, 23, 24): request to URL, body to reply.</summary>
public static class HttpAnnounce
{
    /// <summary>A longer tracker id would make a URL that servers refuse.</summary>
    private const int MaxTrackerIdBytes = 256;

    /// <summary>The URL to get.</summary>
    /// <param name="tracker">The announce URL, absolute, with http or https; it may have a query.</param>
    /// <param name="request">What to say.</param>
    /// <exception cref="TrackerException">The URL brings announce parameters of its own.</exception>
    public static Uri Url(Uri tracker, AnnounceRequest request)
    {
        var infoHash = request.InfoHash;
        var peerId = request.PeerId;
        var url = TrackerUrl.Begin(tracker)
            .Append("info_hash=").AppendEscaped(infoHash)
            .Append("&peer_id=").AppendEscaped(peerId)
            .Append(CultureInfo.InvariantCulture, $"&port={request.Port}")
            .Append(CultureInfo.InvariantCulture, $"&uploaded={request.Uploaded}&downloaded={request.Downloaded}&left={request.Left}")
            .Append(CultureInfo.InvariantCulture, $"&compact=1&no_peer_id=1&numwant={request.PeersWanted}&key={request.Key:x8}");
        if (request.Event != AnnounceEvent.None)
        {
            url.Append("&event=").Append(request.Event switch
            {
                AnnounceEvent.Started => "started",
                AnnounceEvent.Completed => "completed",
                _ => "stopped",
            });
        }

        if (!request.TrackerId.IsEmpty)
        {
            url.Append("&trackerid=").AppendEscaped(request.TrackerId.Span);
        }

        return TrackerUrl.End(url);
    }

    /// <summary>Reads the body of an answer. Keys of a wrong kind count as missing.</summary>
    /// <exception cref="TrackerRefusedException">The tracker says no.</exception>
    /// <exception cref="TrackerException">Not a bencoded dictionary.</exception>
    public static AnnounceReply Read(ReadOnlyMemory<byte> body)
    {
        var root = TrackerBencode.ReadDictionary(body);
        return new()
        {
            Peers = ReadPeers(root),
            Interval = root.TryGetInteger("interval"u8, out var interval) ? TrackerInterval.FromSeconds(interval) : TrackerInterval.Default,
            MinInterval = root.TryGetInteger("min interval"u8, out var least) ? TrackerInterval.FromSeconds(least) : TrackerInterval.Shortest,
            Seeders = TrackerBencode.ReadCount(root, "complete"u8),
            Leechers = TrackerBencode.ReadCount(root, "incomplete"u8),
            ExternalAddress = ReadAddress(root, "external ip"u8),
            Warning = root.TryGetBytes("warning message"u8, out var warning) ? PrintableText.Of(warning.Span, AnnounceReply.MaxTextChars) : null,
            TrackerId = root.TryGetBytes("tracker id"u8, out var id) && id.Length <= MaxTrackerIdBytes ? id.ToArray() : default,
        };
    }

    private static List<IPEndPoint> ReadPeers(BencodeValue root)
    {
        var peers = new List<IPEndPoint>();
        if (root.TryGetBytes("peers"u8, out var compact))
        {
            CompactPeers.Read(compact.Span, CompactPeers.IPv4Bytes, peers, AnnounceReply.MaxPeers);
        }
        else if (root.TryGetList("peers"u8, out var list))
        {
            ReadPeers(list, peers);
        }

        if (root.TryGetBytes("peers6"u8, out var compact6))
        {
            CompactPeers.Read(compact6.Span, CompactPeers.IPv6Bytes, peers, AnnounceReply.MaxPeers);
        }

        return peers;
    }

    /// <summary>The old form: a dictionary for each peer, its address as text. Host names, which BEP 3 allows, are not looked up for strangers.</summary>
    private static void ReadPeers(BencodeList list, List<IPEndPoint> peers)
    {
        foreach (var item in list)
        {
            if (peers.Count < AnnounceReply.MaxPeers
                && item.TryGetBytes("ip"u8, out var text) && !text.Span.Contains((byte)'%') && IPAddress.TryParse(text.Span, out var address)
                && item.TryGetInteger("port"u8, out var port) && port is > 0 and <= ushort.MaxValue)
            {
                peers.Add(new IPEndPoint(CompactPeers.Plain(address), (int)port));
            }
        }
    }

    private static IPAddress? ReadAddress(BencodeValue root, ReadOnlySpan<byte> key) =>
        root.TryGetBytes(key, out var bytes) && bytes.Length is CompactPeers.IPv4Bytes or CompactPeers.IPv6Bytes
            ? CompactPeers.Plain(new IPAddress(bytes.Span))
            : null;
}
