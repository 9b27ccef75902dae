using System.Buffers;
using BtFs.Engine.Datagrams;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>Gathers packets of one connection, so that many go out in one system call.</summary>
internal sealed class UtpOutbox(UdpPort port, SocketName to) : IUtpOutput, IDisposable
{
    private byte[] _bytes = [];
    private int _length;
    private int _each;
    private bool _isComplete;
    private bool _oneByOne;

    /// <summary>Whether the system had no room for what is in here.</summary>
    internal bool IsBlocked { get; private set; }

    /// <inheritdoc/>
    public bool TrySend(ReadOnlySpan<byte> datagram)
    {
        if (IsBlocked || (!MayAdd(datagram.Length) && !Flush()))
        {
            return false;
        }

        if (_length == 0)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(DatagramCalls.MaxBytes);
            _each = datagram.Length;
        }

        datagram.CopyTo(_bytes.AsSpan(_length));
        _length += datagram.Length;
        _isComplete = datagram.Length < _each;
        return true;
    }

    /// <summary>Sends what was gathered.</summary>
    /// <returns>False when there is no room for all of it now.</returns>
    internal bool Flush()
    {
        IsBlocked = false;
        for (var sent = 0; sent < _length;)
        {
            var part = _bytes.AsSpan(sent, _oneByOne ? Math.Min(_each, _length - sent) : _length - sent);
            switch (port.Send(part, _each, to))
            {
                case SendOutcome.Blocked:
                    _bytes.AsSpan(sent, _length - sent).CopyTo(_bytes);
                    _length -= sent;
                    IsBlocked = true;
                    return false;
                case SendOutcome.OneByOne:
                    _oneByOne = true;
                    break;
                default:
                    sent += part.Length;
                    break;
            }
        }

        Dispose();
        return true;
    }

    /// <summary>Forgets what was gathered, and gives the memory back.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, _length, _isComplete) = ([], 0, false);
    }

    private bool MayAdd(int bytes) =>
        _length == 0 || (!_isComplete && bytes <= _each && _length + bytes <= DatagramCalls.MaxBytes && _length / _each < DatagramCalls.MaxDatagrams);
}
