using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Protocol.Tests;

/// <summary>One way to damage bytes: what a broken disk, a careless program or an attacker would do to them.</summary>
/// <param name="Kind">0 sets a byte, 1 inserts one, 2 removes some, 3 repeats some, 4 cuts the end off.</param>
/// <param name="Position">Where; taken modulo the length.</param>
/// <param name="Value">Which byte, or how many.</param>
public sealed record Mutation(int Kind, int Position, byte Value)
{
    // The letters that mean something are worth more than random ones.
    private static readonly byte[] Meaningful = "idle0123456789:-"u8.ToArray();

    public static Gen<Mutation[]> Lists() =>
        Gen.Choose(1, 6).SelectMany(count => Single().ArrayOf(count));

    public static byte[] Apply(byte[] bytes, Mutation[] mutations)
    {
        var damaged = bytes.ToList();
        foreach (var mutation in mutations)
        {
            mutation.Apply(damaged);
        }

        return [.. damaged];
    }

    /// <summary>The bytes with some damage; the same seed does the same.</summary>
    public static byte[] Of(byte[] good, int seed)
    {
        var random = new Random(seed);
        return Apply(good, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => new Mutation(
            random.Next(5),
            random.Next(1_000_000),
            random.Next(2) == 0 ? Meaningful[random.Next(Meaningful.Length)] : (byte)random.Next(256)))]);
    }

    private static Gen<Mutation> Single() =>
        from kind in Gen.Choose(0, 4)
        from position in Gen.Choose(0, 1_000_000)
        from value in Gen.OneOf(Gen.Elements(Meaningful), Gen.Choose(0, 255).Select(number => (byte)number))
        select new Mutation(kind, position, value);

    private void Apply(List<byte> bytes)
    {
        if (bytes.Count == 0)
        {
            bytes.Add(Value);
            return;
        }

        var at = Position % bytes.Count;
        var count = Math.Min(Value, bytes.Count - at);
        switch (Kind)
        {
            case 0: bytes[at] = Value; break;
            case 1: bytes.Insert(at, Value); break;
            case 2: bytes.RemoveRange(at, count); break;
            case 3: bytes.InsertRange(at, bytes.GetRange(at, count)); break;
            default: bytes.RemoveRange(bytes.Count - Math.Min(bytes.Count, Value), Math.Min(bytes.Count, Value)); break;
        }
    }
}
