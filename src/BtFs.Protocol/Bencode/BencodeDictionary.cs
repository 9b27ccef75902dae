namespace BtFs.Protocol.Bencode;

/// <summary>One key of a dictionary, and its value.</summary>
public readonly record struct BencodeEntry(ReadOnlyMemory<byte> Key, BencodeValue Value);

/// <summary>The entries of a dictionary, in the order of the document; <see langword="default"/> is an empty one.</summary>
public readonly struct BencodeDictionary
{
    private readonly BencodeDocument? _document;
    private readonly int _token;

    internal BencodeDictionary(BencodeDocument document, int token)
    {
        _document = document;
        _token = token;
    }

    public Enumerator GetEnumerator() => new(_document, _token);

    /// <summary>Walks from key to key, stepping over what is inside the values.</summary>
    public struct Enumerator
    {
        private readonly BencodeDocument? _document;
        private readonly int _end;
        private int _key;
        private int _next;

        internal Enumerator(BencodeDocument? document, int token)
        {
            _document = document;
            _next = token + 1;
            _end = document?.Token(token).Next ?? 0;
        }

        public readonly BencodeEntry Current => new(new BencodeValue(_document!, _key).AsBytes(), new BencodeValue(_document!, _key + 1));

        public bool MoveNext()
        {
            if (_next >= _end)
            {
                return false;
            }

            _key = _next;
            _next = _document!.Token(_key + 1).Next;
            return true;
        }
    }
}
