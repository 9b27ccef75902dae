using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage;

/// <summary>What the records of a journal come to, one after the other. For its owner.</summary>
internal sealed class IndexReplay(TorrentLayout layout)
{
    private readonly ulong[] _sums = new ulong[layout.PieceCount == 0 ? 0 : layout.BlocksIn(new PieceIndex(0))];
    private Guid _boot;
    private ulong _inode;
    private FileIdentity? _closed;

    /// <summary>The pieces that are claimed, with their checksums.</summary>
    internal PieceChecksums Claims { get; } = new(layout);

    /// <summary>Whether the claims hold for a data file as it is now: it is the one they were made for, and nothing happened to it since.</summary>
    /// <param name="boot">The machine's start now. Under another one, what was written may not all have reached the disk.</param>
    /// <param name="data">The data file now.</param>
    internal bool Holds(Guid boot, FileIdentity data) =>
        boot != Guid.Empty && boot == _boot && data.Inode == _inode && (_closed is not { } left || left == data);

    internal void Take(in IndexRecord record)
    {
        switch (record.Kind)
        {
            case IndexRecordKind.Here:
                var sums = _sums.AsSpan(0, layout.BlocksIn(record.Piece));
                record.CopySums(sums);
                Claims.Add(record.Piece, sums);
                break;
            case IndexRecordKind.Gone:
                Claims.TryEnd(record.Piece, Claims.LifeOf(record.Piece));
                break;
            case IndexRecordKind.Suspect:
                Claims.TryDoubt(record.Piece);
                break;
            case IndexRecordKind.Opened:
                (_boot, _inode, var believes) = record.Opened;
                _closed = null;
                if (!believes)
                {
                    Claims.DoubtAll();
                }

                break;
            case IndexRecordKind.Closed:
                _closed = record.Closed;
                break;
        }
    }
}
