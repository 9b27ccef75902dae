using System.Diagnostics.CodeAnalysis;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Peers;

/// <summary>The blocks a peer was asked for and has not answered, and where each goes. Thread-safe.</summary>
/// <remarks>
/// An entry ends with its PIECE or REJECT and survives a CANCEL, since the block may be on its way. A choke by a peer without BEP 6
/// revokes the requests before it without a word; what it had sent already may still come, so those end a while after the choke.
/// </remarks>
internal sealed class ExpectedBlocks(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlockRef, (PieceAssembly Target, long AskedAt)> _blocks = [];
    private long? _chokedAt;
    private long? _revokedBefore;

    /// <summary>Whether nothing is outstanding.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _blocks.Count == 0;
            }
        }
    }

    /// <summary>Expects a block; if it is expected already, its answer now goes to <paramref name="target"/>.</summary>
    internal void Add(BlockRef block, PieceAssembly target)
    {
        lock (_lock)
        {
            _blocks[block] = (target, time.GetTimestamp());
        }
    }

    /// <summary>Ends the entry that a wire message names; false if nobody asked for exactly that.</summary>
    internal bool TryTake(int piece, int begin, int length, out BlockRef block, [NotNullWhen(true)] out PieceAssembly? target)
    {
        block = new BlockRef(new PieceIndex(piece), begin, length);
        lock (_lock)
        {
            var asked = _blocks.Remove(block, out var entry);
            target = asked ? entry.Target : null;
            return asked;
        }
    }

    /// <summary>Notes a choke that revokes all requests made so far.</summary>
    internal void Revoke()
    {
        lock (_lock)
        {
            _chokedAt = time.GetTimestamp();
            _revokedBefore ??= _chokedAt;
        }
    }

    /// <summary>Drops what a choke revoked longer than <see cref="PeerLimits.LateBlockGrace"/> ago.</summary>
    /// <returns>How long until there is more to drop, or null.</returns>
    internal TimeSpan? ForgetRevoked()
    {
        lock (_lock)
        {
            if (_revokedBefore is not { } choked)
            {
                return null;
            }

            var left = PeerLimits.LateBlockGrace - time.GetElapsedTime(choked);
            if (left > TimeSpan.Zero)
            {
                return left;
            }

            foreach (var (block, entry) in _blocks)
            {
                if (entry.AskedAt <= choked)
                {
                    _blocks.Remove(block);
                }
            }

            _revokedBefore = _chokedAt > choked ? _chokedAt : null;
            return _revokedBefore is { } next ? PeerLimits.LateBlockGrace - time.GetElapsedTime(next) : null;
        }
    }

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _blocks.Clear();
        }
    }
}
