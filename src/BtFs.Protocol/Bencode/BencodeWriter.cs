using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace BtFs.Protocol.Bencode;

/// <summary>Writes one bencoded value, and refuses to write anything that is not one.</summary>
/// <remarks>A misuse is a bug of the caller and throws <see cref="InvalidOperationException"/>. For one thread.</remarks>
/// <param name="output">Where the bytes go.</param>
public sealed class BencodeWriter(IBufferWriter<byte> output)
{
    /// <summary>Enough for <c>i-9223372036854775808e</c>.</summary>
    private const int LongestNumber = 24;

    private readonly Stack<Container> _open = [];

    // The last key of each open dictionary, one behind the other: keys are spans, and spans cannot be kept.
    private byte[] _keys = new byte[64];
    private bool _awaitsValue;

    /// <summary>Whether the value is whole: everything started was ended.</summary>
    public bool IsComplete { get; private set; }

    public void WriteInteger(long value)
    {
        BeforeValue();
        var span = output.GetSpan(LongestNumber);
        span[0] = (byte)'i';
        Utf8Formatter.TryFormat(value, span[1..], out var digits);
        span[digits + 1] = (byte)'e';
        output.Advance(digits + 2);
        AfterValue();
    }

    public void WriteString(ReadOnlySpan<byte> value)
    {
        BeforeValue();
        WriteRawString(value);
        AfterValue();
    }

    /// <summary>Writes text as UTF-8.</summary>
    public void WriteString(string value) => WriteString(Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a value that is bencoded already, and trusts that it is.</summary>
    public void WriteEncoded(ReadOnlySpan<byte> value)
    {
        BeforeValue();
        output.Write(value);
        AfterValue();
    }

    public void WriteStartList() => Open('l', isDictionary: false);

    public void WriteStartDictionary() => Open('d', isDictionary: true);

    /// <summary>Ends the innermost list or dictionary.</summary>
    /// <exception cref="InvalidOperationException">Nothing is open, or a key has no value yet.</exception>
    public void WriteEnd()
    {
        Require(!_awaitsValue, "A key has no value yet.");
        Require(_open.TryPop(out _), "No list or dictionary is open.");
        output.Write("e"u8);
        AfterValue();
    }

    /// <summary>Writes a dictionary's next key; its value comes next.</summary>
    /// <exception cref="InvalidOperationException">No dictionary is open here, or the key does not come after the one before it in byte order.</exception>
    public void WriteKey(ReadOnlySpan<byte> key)
    {
        Require(_open.TryPeek(out var container) && container.IsDictionary && !_awaitsValue, "A key belongs at the start of a dictionary or after a value.");
        if (container.HasKey)
        {
            var last = _keys.AsSpan(container.KeyStart, container.KeyLength);
            if (key.SequenceCompareTo(last) <= 0)
            {
                throw new InvalidOperationException($"The key '{Encoding.UTF8.GetString(key)}' must come after '{Encoding.UTF8.GetString(last)}'.");
            }
        }

        Remember(key, container);
        WriteRawString(key);
        _awaitsValue = true;
    }

    private void Open(char letter, bool isDictionary)
    {
        BeforeValue();
        var keyStart = _open.TryPeek(out var outer) ? outer.KeyStart + outer.KeyLength : 0;
        _open.Push(new Container(isDictionary, HasKey: false, keyStart, KeyLength: 0));
        output.GetSpan(1)[0] = (byte)letter;
        output.Advance(1);
    }

    private void Remember(ReadOnlySpan<byte> key, Container container)
    {
        var end = container.KeyStart + key.Length;
        if (end > _keys.Length)
        {
            Array.Resize(ref _keys, Math.Max(end, _keys.Length * 2));
        }

        key.CopyTo(_keys.AsSpan(container.KeyStart));
        _open.Pop();
        _open.Push(container with { HasKey = true, KeyLength = key.Length });
    }

    private void WriteRawString(ReadOnlySpan<byte> value)
    {
        var span = output.GetSpan(LongestNumber);
        Utf8Formatter.TryFormat(value.Length, span, out var digits);
        span[digits] = (byte)':';
        output.Advance(digits + 1);
        output.Write(value);
    }

    private void BeforeValue()
    {
        Require(!IsComplete, "The value is whole already.");
        Require(_awaitsValue || !_open.TryPeek(out var container) || !container.IsDictionary, "A dictionary wants a key first.");
        _awaitsValue = false;
    }

    private void AfterValue() => IsComplete = _open.Count == 0;

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    /// <summary>A list or dictionary that was started and not ended.</summary>
    private readonly record struct Container(bool IsDictionary, bool HasKey, int KeyStart, int KeyLength);
}
