using BtFs.Engine.Containers;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Torrents;

/// <summary>The files of a torrent whose info dictionary is known.</summary>
internal sealed class TorrentContent(
    TransferParts parts, DateTimeOffset? createdAt, TorrentInbox inbox, TimeProvider time) : ITorrentContent
{
    private readonly ContainerWarmUps _warmUps = new(parts.Layout, parts.Pieces, parts.Store, inbox.Post);

    /// <inheritdoc/>
    public InfoDictionary Info => parts.Info;

    /// <inheritdoc/>
    public DateTimeOffset? CreatedAt => createdAt;

    /// <inheritdoc/>
    public long BytesPresent(FileIndex file) => parts.Pieces.BytesPresentIn(file);

    /// <inheritdoc/>
    public IContentReader OpenReader(FileIndex file, ReadingStyle style = ReadingStyle.Following, Func<long, bool>? mayFetch = null)
    {
        var allowance = mayFetch is null ? null : new FetchAllowance(parts.Layout, parts.Pieces, mayFetch);
        var reader = new ContentReader(file, style, parts.Layout, parts.Store, inbox, time, allowance);
        return style == ReadingStyle.Following ? _warmUps.Follow(file, reader) : reader;
    }
}
