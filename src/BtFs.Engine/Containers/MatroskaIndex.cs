namespace BtFs.Engine.Containers;

/// <summary>Finds the Cues of a Matroska or WebM file, which most writers put at its end, through the SeekHead at its beginning.</summary>
/// <remarks>
/// Source: RFC 9559, 5.1.1 (SeekHead; a first may point to a second, and to no third) and 22 (where Cues are put).
/// Without a SeekHead that knows them nothing is guessed: the walk ends at the first Cluster.
/// </remarks>
internal sealed class MatroskaIndex : IIndexFinder
{
    /// <summary>A SeekHead has an entry of 21 bytes or so for each top-level element. Old writers also listed clusters, but not before Cues.</summary>
    private const int MaxSeekHead = 16 * 1024;

    private const int MaxSeekHeads = 2;

    private long _at;
    private long _segment;
    private int _seekHeads;
    private Reading _reading = Reading.Ebml;

    private enum Reading
    {
        Ebml,
        Segment,
        Child,
        SeekHead,
        Cues,
    }

    /// <inheritdoc/>
    public IndexStep Begin() => Read(Reading.Ebml, 0);

    /// <inheritdoc/>
    public IndexStep Next(ReadOnlySpan<byte> bytes)
    {
        if (_reading == Reading.SeekHead)
        {
            return OnSeekHead(bytes);
        }

        if (!MatroskaElement.TryRead(ref bytes, out var element))
        {
            return IndexStep.Nothing;
        }

        return (_reading, element.Id) switch
        {
            (Reading.Ebml, MatroskaElement.Ebml) => Behind(Reading.Segment, element),
            (Reading.Segment, MatroskaElement.Segment) => Inside(element),
            (Reading.Child, MatroskaElement.SeekHead) => Body(element),
            (Reading.Child, MatroskaElement.Cluster) => IndexStep.Nothing,
            (Reading.Child or Reading.Cues, MatroskaElement.Cues) => Found(element),
            (Reading.Segment or Reading.Child, _) => Behind(_reading, element),
            _ => IndexStep.Nothing,
        };
    }

    private IndexStep Read(Reading reading, long? at)
    {
        if (at is not { } start)
        {
            return IndexStep.Nothing;
        }

        _reading = reading;
        _at = start;
        return IndexStep.Read(start, MatroskaElement.LongestHeader);
    }

    private IndexStep Inside(MatroskaElement segment)
    {
        _segment = _at + segment.Header;
        return Read(Reading.Child, _segment);
    }

    private IndexStep Behind(Reading reading, MatroskaElement element) => Read(reading, _at + element.Header + element.Length);

    private IndexStep Found(MatroskaElement cues) =>
        cues.Length is { } length ? IndexStep.Found(_at, cues.Header + length) : IndexStep.Nothing;

    private IndexStep Body(MatroskaElement seekHead)
    {
        if (seekHead.Length is not { } length || ++_seekHeads > MaxSeekHeads)
        {
            return IndexStep.Nothing;
        }

        _reading = Reading.SeekHead;
        var body = _at + seekHead.Header;
        _at = body + length;
        return length == 0 ? Read(Reading.Child, _at) : IndexStep.Read(body, (int)Math.Min(length, MaxSeekHead));
    }

    private IndexStep OnSeekHead(ReadOnlySpan<byte> entries)
    {
        long? another = null;
        while (TryReadBody(ref entries, out var element, out var entry))
        {
            if (element.Id != MatroskaElement.Seek || !TryReadEntry(entry, out var target, out var position))
            {
                continue;
            }

            switch (target)
            {
                case MatroskaElement.Cues: return Read(Reading.Cues, InFile(position));
                case MatroskaElement.SeekHead: another = InFile(position); break;
                default: break;
            }
        }

        // A second one is the last word; behind a first one that knows nothing the Cues may still stand before the media.
        return (_seekHeads, another) switch
        {
            (MaxSeekHeads, _) => IndexStep.Nothing,
            (_, null) => Read(Reading.Child, _at),
            _ => Read(Reading.Child, another),
        };
    }

    /// <summary>Positions count from the Segment's first child. Null when beyond what a file can hold.</summary>
    private long? InFile(long position) => position <= long.MaxValue - _segment ? _segment + position : null;

    private static bool TryReadEntry(ReadOnlySpan<byte> entry, out long target, out long position)
    {
        long? id = null;
        long? at = null;
        while (TryReadBody(ref entry, out var element, out var body))
        {
            switch (element.Id)
            {
                case MatroskaElement.SeekId: id = MatroskaElement.Number(body); break;
                case MatroskaElement.SeekPosition: at = MatroskaElement.Number(body); break;
                default: break;
            }
        }

        target = id ?? 0;
        position = at ?? 0;
        return id is not null && at is not null;
    }

    /// <summary>Takes a whole element off the front; false when there is none left, or not all of it.</summary>
    private static bool TryReadBody(ref ReadOnlySpan<byte> bytes, out MatroskaElement element, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!MatroskaElement.TryRead(ref bytes, out element) || element.Length is not { } length || length > bytes.Length)
        {
            return false;
        }

        body = bytes[..(int)length];
        bytes = bytes[body.Length..];
        return true;
    }
}
