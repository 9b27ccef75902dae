using System.Buffers;
using System.Text;
using BtFs.Protocol.Bencode;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Protocol.Tests.Bencode;

public sealed class BencodeProperties
{
    private static readonly BencodeLimits Roomy = new(MaxDepth: 64, MaxTokens: 1_000_000);

    [Fact]
    public void What_is_written_is_read_back_the_same() =>
        Prop.ForAll(Trees().ToArbitrary(), tree =>
        {
            var bytes = Written(tree);
            var root = BencodeDocument.Parse(bytes, Roomy).Root;
            Assert.Equal(Shape(tree), Shape(root));
            Assert.True(root.OriginalBytes.Span.SequenceEqual(bytes));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_value_cut_short_is_never_taken_for_a_whole_one() =>
        Prop.ForAll(Trees().ToArbitrary(), tree =>
        {
            var bytes = Written(tree);
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.False(BencodeDocument.TryParse(bytes.AsMemory(0, length), Roomy, out _));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Damaged_bytes_are_read_or_refused_and_nothing_else() =>
        Prop.ForAll(Trees().ToArbitrary(), Mutation.Lists().ToArbitrary(), (tree, mutations) =>
        {
            var bytes = Mutation.Apply(Written(tree), mutations);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var isRead = BencodeDocument.TryParse(bytes, Roomy, out var document);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (64 * bytes.Length) + 65536);
            if (isRead)
            {
                // Whatever was read can also be walked to its last leaf.
                Assert.NotEmpty(Shape(document!.Root));
            }
            else
            {
                Assert.Throws<BencodeException>(() => BencodeDocument.Parse(bytes, Roomy));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    private static byte[] Written(object tree)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        Write(writer, tree);
        Assert.True(writer.IsComplete);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(BencodeWriter writer, object tree)
    {
        switch (tree)
        {
            case long integer:
                writer.WriteInteger(integer);
                break;
            case byte[] bytes:
                writer.WriteString(bytes);
                break;
            case object[] items:
                writer.WriteStartList();
                foreach (var item in items)
                {
                    Write(writer, item);
                }

                writer.WriteEnd();
                break;
            case SortedDictionary<string, object> entries:
                writer.WriteStartDictionary();
                foreach (var (key, value) in entries)
                {
                    writer.WriteKey(Encoding.Latin1.GetBytes(key));
                    Write(writer, value);
                }

                writer.WriteEnd();
                break;
        }
    }

    private static string Shape(object tree) => tree switch
    {
        long integer => $"{integer}",
        byte[] bytes => $"'{Convert.ToHexString(bytes)}'",
        object[] items => $"[{string.Join(',', items.Select(Shape))}]",
        SortedDictionary<string, object> entries =>
            $"{{{string.Join(',', entries.Select(entry => Convert.ToHexString(Encoding.Latin1.GetBytes(entry.Key)) + ":" + Shape(entry.Value)))}}}",
        _ => throw new ArgumentException("Not a tree.", nameof(tree)),
    };

    private static string Shape(BencodeValue value)
    {
        var parts = new List<string>();
        switch (value.Kind)
        {
            case BencodeKind.Integer:
                return $"{value.AsInteger()}";
            case BencodeKind.Bytes:
                return $"'{Convert.ToHexString(value.AsBytes().Span)}'";
            case BencodeKind.List:
                foreach (var item in value.AsList())
                {
                    parts.Add(Shape(item));
                }

                return $"[{string.Join(',', parts)}]";
            default:
                foreach (var (key, item) in value.AsDictionary())
                {
                    parts.Add(Convert.ToHexString(key.Span) + ":" + Shape(item));
                }

                return $"{{{string.Join(',', parts)}}}";
        }
    }

    private static Gen<object> Trees() => Gen.Sized(size => Tree(Math.Min(size, 30)));

    private static Gen<object> Tree(int size)
    {
        var leaves = Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>().Select(integer => (object)integer),
            Gen.Elements<object>(long.MinValue, long.MaxValue, 0L),
            ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => (object)bytes));
        if (size == 0)
        {
            return leaves;
        }

        var items = Gen.Choose(0, 4).SelectMany(count => Tree(size / 4).ArrayOf(count));
        var keys = ArbMap.Default.GeneratorFor<byte[]>().Select(Encoding.Latin1.GetString);
        return Gen.OneOf(
            leaves,
            items.Select(list => (object)list),
            items.SelectMany(values => keys.ArrayOf(values.Length).Select(names => (object)Dictionary(names, values))));
    }

    private static SortedDictionary<string, object> Dictionary(string[] keys, object[] values)
    {
        var entries = new SortedDictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0; i < keys.Length; i++)
        {
            entries[keys[i]] = values[i];
        }

        return entries;
    }
}
