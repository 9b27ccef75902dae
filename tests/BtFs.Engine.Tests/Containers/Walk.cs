using BtFs.Engine.Containers;

namespace BtFs.Engine.Tests.Containers;

/// <summary>A search from its beginning to its end, with everything that it asked for; each answer is checked for what must always hold.</summary>
internal sealed class Walk
{
    private readonly List<FileRange> _reads = [];

    /// <param name="length">Bytes in the file.</param>
    /// <param name="read">Bytes of the file from an offset on.</param>
    internal Walk(long length, Func<FileRange, byte[]> read)
    {
        var head = read(new FileRange(0, Math.Min(length, ContainerFormat.HeadLength)));
        if (ContainerFormat.Recognise(head, length) is not { } finder)
        {
            return;
        }

        IsRecognised = true;
        var search = new IndexSearch(finder, length);
        while (search.Needs is { } needs)
        {
            Assert.InRange(needs.Start, 0, length - 1);
            Assert.InRange(needs.Length, 1, Math.Min(66_000, length - needs.Start));
            Assert.Null(search.Found);
            _reads.Add(needs);
            Assert.True(_reads.Count <= IndexSearch.MaxReads, "The walk does not end.");
            search.Supply(read(needs));
        }

        Found = search.Found;
        if (Found is { } found)
        {
            Assert.InRange(found.Start, IndexSearch.HeadBytes, length - 1);
            Assert.InRange(found.Length, 1, Math.Min(IndexSearch.MaxIndexBytes, length - found.Start));
        }

        // Places far apart, so pieces that a walk may cost beside the index.
        var places = 0;
        for (var i = 0; i < _reads.Count; i++)
        {
            var isNear = _reads[i].Start < IndexSearch.HeadBytes || Math.Abs(_reads[i].Start - (i > 0 ? _reads[i - 1].End : 0)) <= IndexSearch.Near;
            places += isNear ? 0 : 1;
        }

        Assert.InRange(places, 0, IndexSearch.MaxJumps);
    }

    internal bool IsRecognised { get; }

    internal FileRange? Found { get; }

    internal IReadOnlyList<FileRange> Reads => _reads;

    internal static Walk Through(byte[] file) => new(file.Length, range => file.AsSpan((int)range.Start, (int)range.Length).ToArray());

    /// <summary>A file that is all zeros but for some bytes.</summary>
    internal static Walk Through(long length, params (long At, byte[] Bytes)[] known) => new(length, range =>
    {
        var bytes = new byte[range.Length];
        foreach (var (at, patch) in known)
        {
            Patch(bytes, range.Start, at, patch);
        }

        return bytes;
    });

    /// <summary>Writes what a patch of the file changes in a part of it.</summary>
    internal static void Patch(byte[] part, long partStart, long at, byte[] patch)
    {
        for (var i = 0; i < patch.Length; i++)
        {
            var place = at - partStart + i;
            if (place >= 0 && place < part.Length)
            {
                part[place] = patch[i];
            }
        }
    }
}
