namespace BtFs.Protocol.Peer;

/// <summary>The lengths in bytes that a message's body may have, id not counted.</summary>
internal readonly record struct BodyLength(int Shortest, int Longest)
{
    public static BodyLength Exactly(int bytes) => new(bytes, bytes);

    public bool Allows(long bytes) => bytes >= Shortest && bytes <= Longest;

    public override string ToString() => Shortest == Longest ? $"{Shortest}" : $"{Shortest} to {Longest}";
}
