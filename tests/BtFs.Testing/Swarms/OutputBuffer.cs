namespace BtFs.Testing.Swarms;

/// <summary>What a peer has written for us and not sent yet. A request that got there cannot be cancelled any more.</summary>
/// <param name="Seconds">How much of its rate it writes ahead.</param>
/// <param name="Least">Bytes that it writes ahead however slow it is.</param>
/// <param name="Most">Bytes that it writes ahead at most.</param>
internal readonly record struct OutputBuffer(double Seconds, long Least, long Most)
{
    /// <summary>libtorrent: half a second of its rate, 10 to 500 KiB.</summary>
    internal static OutputBuffer Libtorrent => new(0.5, 10 << 10, 500 << 10);

    /// <summary>Transmission: fifteen seconds of its rate.</summary>
    internal static OutputBuffer Transmission => new(15, 0, long.MaxValue);

    /// <summary>Every request is as good as sent: a CANCEL never helps.</summary>
    internal static OutputBuffer Endless => new(0, long.MaxValue, long.MaxValue);

    /// <summary>Bytes that it holds at a rate.</summary>
    internal long Bytes(double rate) => Math.Clamp((long)Math.Min(Seconds * rate, long.MaxValue / 2), Least, Most);
}
