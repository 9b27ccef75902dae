namespace BtFs.Protocol.Bencode;

/// <summary>One pass over a document, from bytes to tokens, without recursion.</summary>
internal ref struct BencodeParser
{
    private const int FirstCapacity = 16;

    private readonly ReadOnlyMemory<byte> _document;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly BencodeLimits _limits;
    private readonly Container[] _open;
    private BencodeToken[] _tokens;
    private int _count;
    private int _depth;
    private int _position;

    public BencodeParser(ReadOnlyMemory<byte> bytes, BencodeLimits limits)
    {
        _document = bytes;
        _bytes = bytes.Span;
        _limits = limits;
        _tokens = new BencodeToken[FirstCapacity];
        _open = new Container[Math.Min(limits.MaxDepth, bytes.Length)];
    }

    /// <summary>What is wrong; of use after <see cref="TryRun"/> returned false.</summary>
    public string Fault { get; private set; } = "";

    public int FaultOffset { get; private set; }

    /// <summary>Bytes of the value read.</summary>
    public readonly int Consumed => _position;

    /// <summary>The tokens in document order, each container before its content; the array may be longer than they are.</summary>
    public readonly BencodeToken[] Tokens => _tokens;

    public bool TryRun()
    {
        do
        {
            if (!TryStep())
            {
                return false;
            }
        }
        while (_depth > 0);

        return true;
    }

    private bool TryStep()
    {
        if (_position >= _bytes.Length)
        {
            return Fail("The data ends in the middle of a value", _position);
        }

        var first = _bytes[_position];
        if (first == 'e' && _depth > 0)
        {
            return TryClose();
        }

        if (_depth > 0 && _open[_depth - 1] is { IsDictionary: true, AwaitsValue: false })
        {
            return IsDigit(first) ? TryKey() : Fail("A dictionary key is not a string", _position);
        }

        if (_depth > 0)
        {
            _open[_depth - 1].AwaitsValue = false;
        }

        return first switch
        {
            (byte)'i' => TryInteger(),
            (byte)'l' or (byte)'d' => TryOpen(isDictionary: first == 'd'),
            _ when IsDigit(first) => TryString(),
            _ => Fail($"No value begins with the byte 0x{first:x2}", _position),
        };
    }

    private bool TryOpen(bool isDictionary)
    {
        if (_depth >= _limits.MaxDepth)
        {
            return Fail($"Lists and dictionaries are nested deeper than {_limits.MaxDepth}", _position);
        }

        // End and Next are filled in when the container closes.
        if (!TryAdd(new BencodeToken(_position, _position + 1, 0, 0)))
        {
            return false;
        }

        // A container takes two bytes, so an input of n bytes never opens more than n of them at once.
        _open[_depth++] = new Container { Token = _count - 1, IsDictionary = isDictionary, LastKey = -1 };
        _position++;
        return true;
    }

    private bool TryClose()
    {
        ref var container = ref _open[_depth - 1];
        if (container.AwaitsValue)
        {
            return Fail("A dictionary key has no value", _position);
        }

        _position++;
        ref var token = ref _tokens[container.Token];
        token = token with { End = _position, Next = _count };
        if (container.IsOutOfOrder && BencodeKeys.FindDuplicate(_document, _tokens, container.Token) is { } duplicate)
        {
            return Fail("A dictionary has the same key twice", duplicate);
        }

        _depth--;
        return true;
    }

    private bool TryKey()
    {
        if (!TryString())
        {
            return false;
        }

        ref var container = ref _open[_depth - 1];
        var key = _count - 1;
        if (container.LastKey >= 0)
        {
            var order = BencodeKeys.Compare(_bytes, _tokens[container.LastKey], _tokens[key]);
            if (order == 0)
            {
                return Fail("A dictionary has the same key twice", _tokens[key].Start);
            }

            container.IsOutOfOrder |= order > 0;
        }

        container.LastKey = key;
        container.AwaitsValue = true;
        return true;
    }

    private bool TryString()
    {
        var start = _position;
        var rest = _bytes[start..];
        if (!BencodeNumber.TryReadLength(rest, out var length, out var prefix))
        {
            return Fail("A string's length is not a number that a colon follows", start);
        }

        if (length > rest.Length - prefix)
        {
            return Fail("A string is longer than the data", start);
        }

        _position = start + prefix + (int)length;
        return TryAdd(new BencodeToken(start, start + prefix, _position, _count + 1));
    }

    private bool TryInteger()
    {
        var start = _position;
        if (!BencodeNumber.TryReadInteger(_bytes[(start + 1)..], out _, out var consumed))
        {
            return Fail("An integer is malformed or does not fit 64 bits", start);
        }

        _position = start + 1 + consumed;
        return TryAdd(new BencodeToken(start, start + 1, _position, _count + 1));
    }

    private bool TryAdd(BencodeToken token)
    {
        if (_count >= _limits.MaxTokens)
        {
            return Fail($"There are more than {_limits.MaxTokens} values", token.Start);
        }

        if (_count == _tokens.Length)
        {
            Array.Resize(ref _tokens, _count * 2);
        }

        _tokens[_count++] = token;
        return true;
    }

    private bool Fail(string what, int offset)
    {
        Fault = what;
        FaultOffset = offset;
        return false;
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    /// <summary>A list or dictionary whose end has not been seen.</summary>
    private struct Container
    {
        public int Token;
        public int LastKey;
        public bool IsDictionary;
        public bool AwaitsValue;
        public bool IsOutOfOrder;
    }
}
