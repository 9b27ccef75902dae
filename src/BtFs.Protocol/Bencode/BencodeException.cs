namespace BtFs.Protocol.Bencode;

/// <summary>Bytes that are not the bencoding they should be.</summary>
/// <param name="what">What is wrong, as a sentence without its full stop.</param>
/// <param name="offset">Where, in bytes from the start of the document.</param>
public sealed class BencodeException(string what, int offset) : FormatException($"{what} (at byte {offset}).")
{
    /// <summary>Where the fault is, in bytes from the start of the document.</summary>
    public int Offset { get; } = offset;
}
