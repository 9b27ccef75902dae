namespace BtFs.Protocol.Bencode;

/// <summary>The items of a list, in order; <see langword="default"/> is an empty one.</summary>
public readonly struct BencodeList
{
    private readonly BencodeDocument? _document;
    private readonly int _token;

    internal BencodeList(BencodeDocument document, int token)
    {
        _document = document;
        _token = token;
    }

    /// <summary>Number of items. Counted by walking over them.</summary>
    public int Count()
    {
        var count = 0;
        foreach (var _ in this)
        {
            count++;
        }

        return count;
    }

    public Enumerator GetEnumerator() => new(_document, _token);

    /// <summary>Walks from item to item, stepping over what is inside them.</summary>
    public struct Enumerator
    {
        private readonly BencodeDocument? _document;
        private readonly int _end;
        private int _current;
        private int _next;

        internal Enumerator(BencodeDocument? document, int token)
        {
            _document = document;
            _next = token + 1;
            _end = document?.Token(token).Next ?? 0;
        }

        public readonly BencodeValue Current => new(_document!, _current);

        public bool MoveNext()
        {
            if (_next >= _end)
            {
                return false;
            }

            _current = _next;
            _next = _document!.Token(_current).Next;
            return true;
        }
    }
}
