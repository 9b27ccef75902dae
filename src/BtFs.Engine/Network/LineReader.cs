using BtFs.Protocol.Filters;

namespace BtFs.Engine.Network;

/// <summary>Cuts a stream into lines, in one array. Of a line that is too long only the beginning is given.</summary>
internal sealed class LineReader(Stream text)
{
    private readonly byte[] _bytes = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _isOver;

    /// <summary>The next line without its end, valid until the next call.</summary>
    /// <returns>False after the last one.</returns>
    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        var isTooLong = false;
        line = default;
        while (true)
        {
            var unread = _bytes.AsSpan(_start, _end - _start);
            var length = unread.IndexOf((byte)'\n');
            if (length >= 0 || (_isOver && (unread.Length > 0 || isTooLong)))
            {
                // Longer than any that makes sense, so that it counts as one that makes none.
                line = isTooLong ? _bytes.AsSpan(0, FilterLine.MaxBytes + 1) : length >= 0 ? unread[..length] : unread;
                _start = length >= 0 ? _start + length + 1 : _end;
                return true;
            }

            if (_isOver)
            {
                return false;
            }

            isTooLong |= Fill();
        }
    }

    /// <summary>Reads on; what is unread moves to the front.</summary>
    /// <returns>True when a line fills the whole array, and was thrown away.</returns>
    private bool Fill()
    {
        var isFull = _end - _start == _bytes.Length;
        if (isFull)
        {
            _start = _end = 0;
        }

        _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
        _end -= _start;
        _start = 0;
        var count = text.Read(_bytes, _end, _bytes.Length - _end);
        _end += count;
        _isOver = count == 0;
        return isFull;
    }
}
