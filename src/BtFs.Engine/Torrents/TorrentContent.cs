using BtFs.Engine.Containers;
using BtFs.Engine.Layout;
using BtFs.Engine.Reports;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Torrents;

/// <summary>The files of a torrent whose info dictionary is known.</summary>
internal sealed class TorrentContent(
    TransferParts parts, DateTimeOffset? createdAt, TorrentInbox inbox, TimeProvider time, Func<IReadOnlyList<WaitReport>> waits) : ITorrentContent
{
    private readonly ContainerWarmUps _warmUps = new(parts.Layout, parts.Pieces, parts.Store, inbox.Post);

    /// <inheritdoc/>
    public InfoDictionary Info => parts.Info;

    /// <inheritdoc/>
    public DateTimeOffset? CreatedAt => createdAt;

    /// <inheritdoc/>
    public long BytesPresent(FileIndex file) => parts.Pieces.BytesPresentIn(file);

    /// <summary>What is open.</summary>
    internal OpenReaders Readers { get; } = new();

    /// <inheritdoc/>
    public int CopiesOfRarest(FileIndex file)
    {
        var (start, length) = (parts.Layout.StartOf(file), parts.Layout.LengthOf(file));
        return length == 0 ? 0 : parts.Copies.Fewest(parts.Layout.PieceAt(start), parts.Layout.PieceAt(start + length - 1));
    }

    /// <inheritdoc/>
    public IReadOnlyList<ByteRange> MissingRanges(FileIndex file, int most) => parts.Pieces.MissingIn(file, most);

    /// <inheritdoc/>
    public WaitReport? WaitFor(FileIndex file) => waits().FirstOrDefault(wait => wait.File == file);

    /// <inheritdoc/>
    public IContentReader OpenReader(FileIndex file, ReadingStyle style = ReadingStyle.Following, Func<long, bool>? mayFetch = null, object? label = null)
    {
        var allowance = mayFetch is null ? null : new FetchAllowance(parts.Layout, parts.Pieces, mayFetch);
        var reader = new ContentReader(file, style, parts.Layout, parts.Store, inbox, time, allowance) { Label = label, Among = Readers };
        Readers.Add(reader);
        return style == ReadingStyle.Following ? _warmUps.Follow(file, reader) : reader;
    }
}
