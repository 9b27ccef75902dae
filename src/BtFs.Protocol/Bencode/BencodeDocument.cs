using System.Diagnostics.CodeAnalysis;

namespace BtFs.Protocol.Bencode;

/// <summary>A bencoded value with everything inside it, over the bytes it was read from.</summary>
/// <remarks>
/// Nothing is decoded or copied: the document is a flat array of tokens that point into the original bytes, which must not change while it lives.
/// Reading is iterative and needs the same small stack at any depth. Strict, with one exception: dictionaries may be out of order, as in many
/// torrents that are about; a key must not come twice. Immutable, so safe from any thread.
/// </remarks>
public sealed class BencodeDocument
{
    private readonly BencodeToken[] _tokens;

    private BencodeDocument(ReadOnlyMemory<byte> bytes, BencodeToken[] tokens)
    {
        Bytes = bytes;
        _tokens = tokens;
    }

    /// <summary>The outermost value.</summary>
    public BencodeValue Root => new(this, 0);

    /// <summary>The bytes read from, up to the end of <see cref="Root"/>.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads a value that fills <paramref name="bytes"/> to the end.</summary>
    /// <exception cref="BencodeException">Not bencoding, trailing bytes, or above a limit.</exception>
    public static BencodeDocument Parse(ReadOnlyMemory<byte> bytes, BencodeLimits limits)
    {
        var document = ParsePrefix(bytes, limits, out var consumed);
        return consumed == bytes.Length ? document : throw new BencodeException("More bytes follow the value", consumed);
    }

    /// <summary>Reads the value that <paramref name="bytes"/> begin with, as in a ut_metadata message (BEP 9), where a block follows.</summary>
    /// <param name="consumed">Length of the value in bytes; the rest is untouched.</param>
    /// <exception cref="BencodeException">Not bencoding, or above a limit.</exception>
    public static BencodeDocument ParsePrefix(ReadOnlyMemory<byte> bytes, BencodeLimits limits, out int consumed)
    {
        var parser = new BencodeParser(bytes, limits);
        if (!parser.TryRun())
        {
            throw new BencodeException(parser.Fault, parser.FaultOffset);
        }

        consumed = parser.Consumed;
        return new BencodeDocument(bytes[..consumed], parser.Tokens);
    }

    /// <summary>Like <see cref="Parse"/>, but without the cost of an exception: for datagrams, of which a stranger can send many.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, BencodeLimits limits, [NotNullWhen(true)] out BencodeDocument? document)
    {
        var parser = new BencodeParser(bytes, limits);
        document = parser.TryRun() && parser.Consumed == bytes.Length ? new BencodeDocument(bytes, parser.Tokens) : null;
        return document is not null;
    }

    internal ref readonly BencodeToken Token(int index) => ref _tokens[index];
}
