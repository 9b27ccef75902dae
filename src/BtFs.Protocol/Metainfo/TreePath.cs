using System.Collections;

namespace BtFs.Protocol.Metainfo;

/// <summary>A path that shares its directories with its neighbours, so that a deep tree of many files takes no more memory than a flat one.</summary>
internal sealed class TreePath(TreePath? parent, ReadOnlyMemory<byte> name) : IReadOnlyList<ReadOnlyMemory<byte>>
{
    private readonly ReadOnlyMemory<byte> _name = name;

    /// <inheritdoc/>
    public int Count { get; } = (parent?.Count ?? 0) + 1;

    /// <summary>Bytes of all names and the slashes between them.</summary>
    public long ByteCount { get; } = (parent is null ? 0 : parent.ByteCount + 1) + name.Length;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var path = this;
            while (path.Count - 1 > index)
            {
                path = path.Parent!;
            }

            return path._name;
        }
    }

    private TreePath? Parent { get; } = parent;

    /// <inheritdoc/>
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        var names = new ReadOnlyMemory<byte>[Count];
        for (var path = this; path is not null; path = path.Parent)
        {
            names[path.Count - 1] = path._name;
        }

        return ((IEnumerable<ReadOnlyMemory<byte>>)names).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
