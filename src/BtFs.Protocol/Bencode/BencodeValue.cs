namespace BtFs.Protocol.Bencode;

/// <summary>One value of a <see cref="BencodeDocument"/>: a view of two words, cheap to copy. <see langword="default"/> is no value.</summary>
/// <remarks>
/// The <c>As…</c> members insist on a kind and throw; the <c>TryGet…</c> members treat a value of another kind as missing, which is how optional
/// keys of strangers are best read.
/// </remarks>
public readonly struct BencodeValue
{
    private readonly BencodeDocument _document;
    private readonly int _token;

    internal BencodeValue(BencodeDocument document, int token)
    {
        _document = document;
        _token = token;
    }

    public BencodeKind Kind => _document.Bytes.Span[Token.Start] switch
    {
        (byte)'i' => BencodeKind.Integer,
        (byte)'l' => BencodeKind.List,
        (byte)'d' => BencodeKind.Dictionary,
        _ => BencodeKind.Bytes,
    };

    /// <summary>The value as it was written, its delimiters included: what an infohash is the hash of.</summary>
    public ReadOnlyMemory<byte> OriginalBytes => _document.Bytes[Token.Start..Token.End];

    /// <summary>Where the value starts, in bytes from the start of the document.</summary>
    public int Offset => Token.Start;

    private ref readonly BencodeToken Token => ref _document.Token(_token);

    /// <summary>The content of a string; bytes, for bencoding knows no text.</summary>
    /// <exception cref="BencodeException">Not a string.</exception>
    public ReadOnlyMemory<byte> AsBytes()
    {
        Expect(BencodeKind.Bytes, "a string");
        return _document.Bytes[Token.Content..Token.End];
    }

    /// <summary>The value of an integer.</summary>
    /// <exception cref="BencodeException">Not an integer.</exception>
    public long AsInteger()
    {
        Expect(BencodeKind.Integer, "an integer");
        BencodeNumber.TryReadInteger(_document.Bytes.Span[Token.Content..Token.End], out var value, out _);
        return value;
    }

    /// <summary>The items of a list, for <c>foreach</c>.</summary>
    /// <exception cref="BencodeException">Not a list.</exception>
    public BencodeList AsList()
    {
        Expect(BencodeKind.List, "a list");
        return new BencodeList(_document, _token);
    }

    /// <summary>The entries of a dictionary in the order of the document, for <c>foreach</c>.</summary>
    /// <exception cref="BencodeException">Not a dictionary.</exception>
    public BencodeDictionary AsDictionary()
    {
        Expect(BencodeKind.Dictionary, "a dictionary");
        return new BencodeDictionary(_document, _token);
    }

    /// <summary>Looks a key up; false also if this value is not a dictionary. Time grows with the number of keys.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out BencodeValue value)
    {
        value = default;
        if (Kind != BencodeKind.Dictionary)
        {
            return false;
        }

        var bytes = _document.Bytes.Span;
        for (var i = _token + 1; i < Token.Next; i = _document.Token(i + 1).Next)
        {
            ref readonly var candidate = ref _document.Token(i);
            if (bytes[candidate.Content..candidate.End].SequenceEqual(key))
            {
                value = new BencodeValue(_document, i + 1);
                return true;
            }
        }

        return false;
    }

    /// <summary>Looks up a key whose value is a string.</summary>
    public bool TryGetBytes(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> bytes)
    {
        var found = TryGet(key, BencodeKind.Bytes, out var value);
        bytes = found ? value.AsBytes() : default;
        return found;
    }

    /// <summary>Looks up a key whose value is an integer.</summary>
    public bool TryGetInteger(ReadOnlySpan<byte> key, out long integer)
    {
        var found = TryGet(key, BencodeKind.Integer, out var value);
        integer = found ? value.AsInteger() : 0;
        return found;
    }

    /// <summary>Looks up a key whose value is a list.</summary>
    public bool TryGetList(ReadOnlySpan<byte> key, out BencodeList list)
    {
        var found = TryGet(key, BencodeKind.List, out var value);
        list = found ? value.AsList() : default;
        return found;
    }

    /// <summary>Looks up a key whose value is a dictionary.</summary>
    public bool TryGetDictionary(ReadOnlySpan<byte> key, out BencodeValue dictionary) => TryGet(key, BencodeKind.Dictionary, out dictionary);

    /// <summary>The value for people: its kind and place.</summary>
    public override string ToString() => _document is null ? "none" : $"{Kind} at {Offset}";

    private bool TryGet(ReadOnlySpan<byte> key, BencodeKind kind, out BencodeValue value)
    {
        if (TryGet(key, out value) && value.Kind == kind)
        {
            return true;
        }

        value = default;
        return false;
    }

    private void Expect(BencodeKind kind, string name)
    {
        if (Kind != kind)
        {
            throw new BencodeException($"Expected {name}, but found {Kind}", Offset);
        }
    }
}
