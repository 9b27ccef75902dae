using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Tests.Bencode;

namespace BtFs.Protocol.Tests.Metainfo;

/// <summary>Torrents that were made to hurt: each costs little, and ends in one sentence or in numbers that fit together.</summary>
public sealed class HostileTorrentTests
{
    private const int SmallStack = 256 * 1024;
    private const int AllowedPerByte = 64;
    private const int AllowedAnyway = 64 * 1024;

    private static readonly string[] NumericFields = ["length", "piece length", "meta version", "private", "pieces"];

    public static TheoryData<string> Fields => [.. NumericFields];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Every_number_may_be_anything(string field)
    {
        foreach (var value in Boundaries())
        {
            var sample = InfoSample.SingleFile().With(field, value).With("file tree", Bencoded.Dictionary(("a", InfoSample.Leaf(1))));

            AssertRefusedOrConsistent(sample);
        }
    }

    [Fact]
    public void Every_length_of_a_file_may_be_anything()
    {
        foreach (var value in Boundaries())
        {
            AssertRefusedOrConsistent(InfoSample.Directory(1, InfoSample.File(1, "a"), InfoSample.File(value, "b")));
            AssertRefusedOrConsistent(InfoSample.Tree(("a", InfoSample.Leaf(value)), ("b", InfoSample.Leaf(1))));
            AssertRefusedOrConsistent(InfoSample.Tree(("a", InfoSample.Leaf(1)), ("b", InfoSample.Leaf(value))));
        }
    }

    [Theory]
    [InlineData("nested lists")]
    [InlineData("nested dictionaries")]
    [InlineData("integers")]
    [InlineData("empty strings")]
    [InlineData("a path of 5,000 names")]
    [InlineData("a tree of 5,000 directories")]
    [InlineData("surplus hashes")]
    [InlineData("files without a length")]
    [InlineData("empty files")]
    [InlineData("padding of nothing")]
    [InlineData("empty files deep in a tree")]
    [InlineData("one root for many files")]
    public void A_bomb_is_refused_on_a_small_stack_with_little_memory(string what)
    {
        var torrent = Bomb(what);
        var outcome = (Error: (Exception?)null, Allocated: 0L);

        var thread = new Thread(
            () =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var error = Record.Exception(() => TorrentMetainfo.Parse(torrent));
                outcome = (error, GC.GetAllocatedBytesForCurrentThread() - before);
            },
            SmallStack);
        thread.Start();
        thread.Join();

        Assert.True(outcome.Error is MetainfoException, $"{what}: {outcome.Error}");
        Assert.InRange(outcome.Allocated, 0, ((long)AllowedPerByte * torrent.Length) + AllowedAnyway);
    }

    private static byte[] Bomb(string what) => what switch
    {
        "nested lists" => Bencoded.Text("d4:info" + new string('l', 2_000_000)),
        "nested dictionaries" => Bencoded.Text("d4:info" + Repeat("d1:a", 500_000)),
        "integers" => Bencoded.Text("d4:infol" + Repeat("i0e", 3_000_000) + "ee"),
        "empty strings" => Bencoded.Text("d4:infol" + Repeat("0:", 3_000_000) + "ee"),
        "a path of 5,000 names" => Torrent(InfoSample.Directory(1, (object)InfoSample.File(1, [.. Enumerable.Repeat("d", 5_000)]))),
        "a tree of 5,000 directories" => Torrent(InfoSample.Tree().With("file tree", new Bencoded.Raw(Bencoded.Text(Repeat("d1:d", 5_000) + new string('e', 5_000))))),
        "surplus hashes" => Torrent(InfoSample.SingleFile().With("pieces", InfoSample.Hashes(500_000))),
        "files without a length" => Torrent(InfoSample.Directory(0).With("files", new Bencoded.Raw(Bencoded.Text($"l{Repeat("de", 1_000_000)}e")))),
        "empty files" => Torrent(InfoSample.Directory(0).With("files", new Bencoded.Raw(Bencoded.Text($"l{Repeat("d6:lengthi0e4:pathl1:aee", 400_000)}e")))),
        "padding of nothing" => Torrent(InfoSample.Directory(0).With("files", new Bencoded.Raw(Bencoded.Text($"l{Repeat("d4:attr1:p6:lengthi0ee", 350_000)}e")))),
        "empty files deep in a tree" => Torrent(InfoSample.Tree().With("file tree", new Bencoded.Raw(DeepTree(58, 350_000)))),
        "one root for many files" => Torrent(InfoSample.Tree().With("file tree", new Bencoded.Raw(SharedRoots(100_000)))),
        _ => throw new ArgumentException("No such bomb.", nameof(what)),
    };

    private static IEnumerable<long> Boundaries()
    {
        long[] powers = [0, 1, 1L << 10, 1L << 14, 1L << 15, 1L << 16, 1L << 28, 1L << 31, 1L << 32, 1L << 48, 1L << 50, 1L << 62];
        return powers.SelectMany(power => new[] { power - 1, power, power + 1, -power })
            .Concat([long.MaxValue, long.MaxValue - 1, long.MinValue, long.MinValue + 1, (1L << 35) - 1, 1L << 35, (1L << 35) + 1, 57344, 57345])
            .Distinct();
    }

    private static void AssertRefusedOrConsistent(InfoSample sample)
    {
        try
        {
            var info = sample.Parse();
            Assert.Equal(info.TotalLength, info.Files.Sum(file => file.Length));
            Assert.InRange(info.TotalLength, ((info.PieceCount - 1L) * info.PieceLength) + 1, (long)info.PieceCount * info.PieceLength);
        }
        catch (MetainfoException refusal)
        {
            Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Torrent(InfoSample info) => Bencoded.Of(Bencoded.Dictionary(("info", new Bencoded.Raw(info.ToBytes()))));

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static byte[] DeepTree(int depth, int files) => Bencoded.Text(
        Repeat("d1:d", depth) + "d" + string.Concat(Enumerable.Range(0, files).Select(i => $"6:{i:000000}d0:d6:lengthi0eee")) + "e" + new string('e', depth));

    private static byte[] SharedRoots(int files)
    {
        var root = new string('r', 32);
        return Bencoded.Text("d" + string.Concat(Enumerable.Range(0, files).Select(i => $"6:{i:000000}d0:d6:lengthi16385e11:pieces root32:{root}eee")) + "e");
    }
}
