namespace BtFs.Protocol.Tests.Peer;

/// <summary>What becomes of good bytes in bad hands: the same seed gives the same damage.</summary>
internal static class Mutation
{
    private static readonly byte[] Interesting = [0x00, 0x01, 0x7f, 0x80, 0xff, (byte)'0', (byte)'9', (byte)'d', (byte)'e', (byte)'i', (byte)'l', (byte)':', (byte)'-'];

    public static byte[] Of(byte[] good, int seed)
    {
        var random = new Random(seed);
        var bytes = good.ToList();
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0: bytes.Insert(at, Interesting[random.Next(Interesting.Length)]); break;
                case 1 when at < bytes.Count: bytes.RemoveAt(at); break;
                case 2 when at < bytes.Count: bytes[at] = Interesting[random.Next(Interesting.Length)]; break;
                case 3: bytes.RemoveRange(at, random.Next(bytes.Count - at + 1)); break;
                default: bytes.Add((byte)random.Next(256)); break;
            }
        }

        return [.. bytes];
    }
}
