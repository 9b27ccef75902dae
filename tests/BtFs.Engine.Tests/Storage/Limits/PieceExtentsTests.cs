using BtFs.Engine.Layout;
using BtFs.Engine.Storage.Limits;

namespace BtFs.Engine.Tests.Storage.Limits;

/// <summary>A file system that gives out blocks, as a set of their numbers, beside what is counted.</summary>
public sealed class PieceExtentsTests
{
    [Theory]
    [InlineData(16 << 10, 4096)]
    [InlineData(20_000, 4096)]
    [InlineData(1000, 4096)]
    [InlineData(40_001, 65_536)]
    public void The_disk_never_takes_more_than_is_counted_and_nothing_when_all_pieces_are_gone(int pieceLength, int blockLength)
    {
        var layout = new TorrentLayout(pieceLength, [(37L * pieceLength) - 11]);
        var extents = new PieceExtents(layout, blockLength);
        var random = new Random(pieceLength);
        var here = new HashSet<PieceIndex>();
        var blocks = new HashSet<long>();
        for (var round = 0; round < 2000; round++)
        {
            if (random.Next(2) == 0)
            {
                var piece = new PieceIndex(random.Next(layout.PieceCount));
                here.Add(piece);
                var start = layout.StartOf(piece);
                for (var block = start / blockLength; block * blockLength < start + layout.LengthOf(piece); block++)
                {
                    blocks.Add(block);
                }
            }
            else
            {
                Evict([.. here.Where(_ => random.Next(4) == 0)]);
            }

            Assert.True(blocks.Count * (long)blockLength <= here.Sum(extents.CostOf));
            Assert.All(here, piece => Assert.True(IsWhole(piece), $"A hole was made in piece {piece}."));
        }

        Evict([.. here]);
        Assert.Empty(blocks);

        void Evict(List<PieceIndex> gone)
        {
            here.ExceptWith(gone);
            foreach (var row in PieceExtents.Rows(gone))
            {
                var (offset, length) = extents.HoleOf(row, here.Contains);
                Assert.Equal((0, 0), (offset % blockLength, length % blockLength));
                blocks.RemoveWhere(block => block >= offset / blockLength && block < (offset + length) / blockLength);
            }
        }

        bool IsWhole(PieceIndex piece)
        {
            var first = layout.StartOf(piece) / blockLength;
            var last = (layout.StartOf(piece) + layout.LengthOf(piece) - 1) / blockLength;
            return Enumerable.Range(0, (int)(last - first + 1)).All(i => blocks.Contains(first + i));
        }
    }
}
