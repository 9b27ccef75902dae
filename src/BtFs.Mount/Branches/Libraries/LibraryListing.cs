using System.Text;

namespace BtFs.Mount.Branches.Libraries;

/// <summary>The folders of a library at one moment. Immutable.</summary>
internal sealed class LibraryListing
{
    private readonly Dictionary<byte[], TorrentBranch> _byName;
    private readonly Dictionary<byte[], TorrentBranch>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    private LibraryListing(IEnumerable<KeyValuePair<byte[], TorrentBranch>> members, DateTimeOffset changedAt)
    {
        _byName = new Dictionary<byte[], TorrentBranch>(members, NameBytes.Comparer);
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
        InOrder = [.. _byName.OrderBy(member => member.Value.Number).Select(member => (member.Key, member.Value))];
        ChangedAt = changedAt;
    }

    /// <summary>The folders, by the numbers of their branches: whoever lists them while others come and go sees each at most once.</summary>
    public IReadOnlyList<(byte[] Name, TorrentBranch Torrent)> InOrder { get; }

    /// <summary>Since when it is so.</summary>
    public DateTimeOffset ChangedAt { get; }

    /// <summary>No folders.</summary>
    public static LibraryListing Empty(DateTimeOffset now) => new([], now);

    /// <summary>The folder of a name.</summary>
    public TorrentBranch? Find(ReadOnlySpan<byte> name) => _lookup.TryGetValue(name, out var torrent) ? torrent : null;

    /// <summary>The same with one more.</summary>
    public LibraryListing With(byte[] name, TorrentBranch torrent, DateTimeOffset now) => new(_byName.Append(new(name, torrent)), now);

    /// <summary>The same without one.</summary>
    public LibraryListing Without(byte[] name, DateTimeOffset now) =>
        new(_byName.Where(member => !NameBytes.Comparer.Equals(member.Key, name)), now);

    /// <summary>Text for messages and tests.</summary>
    public override string ToString() => string.Join('\n', InOrder.Select(member => Encoding.UTF8.GetString(member.Name)));
}
