using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Trackers;

/// <summary>Bencoding from a tracker: a fault in it is the tracker's.</summary>
internal static class TrackerBencode
{
    /// <exception cref="TrackerRefusedException">It holds a failure reason.</exception>
    /// <exception cref="TrackerException">It is something else, or above the limits.</exception>
    public static BencodeValue ReadDictionary(ReadOnlyMemory<byte> body)
    {
        if (!BencodeDocument.TryParse(body, BencodeLimits.Tracker, out var document) || document.Root.Kind != BencodeKind.Dictionary)
        {
            throw new TrackerException("The answer is not that of a tracker.");
        }

        return document.Root.TryGetBytes("failure reason"u8, out var reason)
            ? throw new TrackerRefusedException(PrintableText.Of(reason.Span, AnnounceReply.MaxTextChars))
            : document.Root;
    }

    /// <summary>A number of peers; null where there is none that could be.</summary>
    public static int? ReadCount(BencodeValue value, ReadOnlySpan<byte> key) =>
        value.TryGetInteger(key, out var count) && count is >= 0 and <= int.MaxValue ? (int)count : null;
}
