using System.Security.Cryptography;

namespace BtFs.Engine.Verifying;

/// <summary>The SHA-1 of one piece, taken from its front while blocks still arrive (v1). One user at a time; whoever comes second goes on without it.</summary>
/// <remarks>
/// Bytes are hashed by the thread that has just copied them, while they lie in its cache, so that nothing is left to do once the
/// last block is in. A block that comes before its turn stays for later: what is left at the end is what came out of order.
/// </remarks>
internal sealed class PieceDigest : IDisposable
{
    internal const int Size = SHA1.HashSizeInBytes;

    private readonly Lock _gate = new();
    private readonly byte[] _digest = new byte[Size];
    private IncrementalHash? _running;
    private int _hashed;
    private bool _isDone;

    /// <summary>Bytes hashed so far. Exact for whoever is at it, a lower bound for others.</summary>
    internal int Hashed => Volatile.Read(ref _hashed);

    /// <summary>Hashes on, unless somebody is at it already.</summary>
    /// <param name="bytes">All of the piece's memory, as long as the piece.</param>
    /// <param name="end">How far it may be hashed: every byte before has arrived and will not change.</param>
    internal bool TryAdvance(ReadOnlySpan<byte> bytes, int end)
    {
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            Advance(bytes, end);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Hashes whatever is left, waiting for whoever is at it, and compares.</summary>
    /// <param name="bytes">The whole piece, complete.</param>
    /// <param name="promised">What the torrent promises.</param>
    internal bool Matches(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> promised)
    {
        lock (_gate)
        {
            Advance(bytes, bytes.Length);
            return promised.SequenceEqual(_digest);
        }
    }

    /// <summary>Lets go of a hash that was begun.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _running?.Dispose();
            _running = null;
            if (!_isDone)
            {
                // Whoever holds the bytes still may judge them, and begins again.
                Volatile.Write(ref _hashed, 0);
            }
        }
    }

    private void Advance(ReadOnlySpan<byte> bytes, int end)
    {
        if (_isDone || end <= _hashed)
        {
            return;
        }

        _isDone = end == bytes.Length;
        if (_isDone && _hashed == 0)
        {
            SHA1.HashData(bytes, _digest);
        }
        else
        {
            // Made only for pieces that come in parts: 136 bytes and a microsecond.
            _running ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            _running.AppendData(bytes[_hashed..end]);
            if (_isDone)
            {
                _running.GetHashAndReset(_digest);
            }
        }

        Volatile.Write(ref _hashed, end);
    }
}
