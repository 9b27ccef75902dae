using BtFs.Commands;
using BtFs.Engine;

namespace BtFs.Status.Document;

/// <summary>The options that explain what a mount does.</summary>
internal sealed record OptionsEntry
{
    public required bool BrowseOnly { get; init; }
    public required string Prefetch { get; init; }
    public required string Keep { get; init; }
    public required int MaxPeers { get; init; }
    public required long MaxDownloadRate { get; init; }
    public required long MaxUploadRate { get; init; }
    public required double? ReadTimeout { get; init; }
    public required string Encryption { get; init; }
    public required IReadOnlyList<string> Transports { get; init; }
    public required string? Proxy { get; init; }
    public required string? Bind { get; init; }

    /// <summary>Those of a request.</summary>
    public static OptionsEntry Of(MountRequest request) => new()
    {
        BrowseOnly = request.Shown.BrowseOnly,
        Prefetch = Word(request.Prefetch),
        Keep = request.Retention switch
        {
            CacheRetention.UntilClosed => "no",
            CacheRetention.Evictable => "while there is room",
            _ => "yes",
        },
        MaxPeers = request.MaxPeers,
        MaxDownloadRate = request.MaxDownloadRate,
        MaxUploadRate = request.MaxUploadRate,
        ReadTimeout = request.ReadTimeout == Timeout.InfiniteTimeSpan ? null : request.ReadTimeout.TotalSeconds,
        Encryption = Word(request.Encryption),
        Transports = [.. new[] { PeerTransports.Tcp, PeerTransports.Utp }.Where(way => request.Transports.HasFlag(way)).Select(Word)],
        Proxy = request.Network.Proxy?.Address.ToString(),
        Bind = request.Network.BindTo,
    };

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
