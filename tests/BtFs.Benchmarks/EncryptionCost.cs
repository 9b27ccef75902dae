using System.Security.Cryptography;
using BtFs.Protocol.Encryption;

namespace BtFs.Benchmarks;

/// <summary>What Message Stream Encryption costs: its cipher and its key exchange, in processor time.</summary>
internal static class EncryptionCost
{
    private const int Block = 16 * 1024;
    private const int Blocks = 32 * 1024;
    private const int Exchanges = 500;

    public static int Run()
    {
        var cipher = new Rc4("a key"u8);
        var bytes = new byte[Block];
        var encrypting = Seconds(Blocks, () => cipher.Apply(bytes));
        Console.WriteLine($"stream    {(double)Block * Blocks / 1e6 / encrypting:0} MB/s");

        var number = RandomNumberGenerator.GetBytes(KeyExchange.PrivateBytes);
        var key = KeyExchange.PublicKey(RandomNumberGenerator.GetBytes(KeyExchange.PrivateBytes));
        var exchanging = Seconds(Exchanges, () =>
        {
            KeyExchange.PublicKey(number);
            KeyExchange.Secret(number, key);
        });
        Console.WriteLine($"handshake {1000 * exchanging / Exchanges:0.00} ms for each side");
        return 0;
    }

    private static double Seconds(int times, Action work)
    {
        for (var i = 0; i < times / 10; i++)
        {
            work();
        }

        // Of the processor, so that other work on the machine does not count.
        var start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times; i++)
        {
            work();
        }

        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }
}
