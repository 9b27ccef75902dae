using System.Buffers;
using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Picking;

/// <summary>A piece under way: which of its blocks is asked of whom. Owned by the loop.</summary>
internal sealed class PartialPiece
{
    /// <summary>Peers asked for the same block at most.</summary>
    internal const int MaxCopies = 3;

    private readonly TorrentLayout _layout;
    private readonly Peer?[] _askedOf;
    private readonly IPEndPoint?[] _sentBy;

    // No block before it has to be asked for, so that nobody looks at those again and again.
    private int _firstUnasked;

    internal PartialPiece(PieceAssembly assembly, TorrentLayout layout, TimeSpan now)
    {
        _layout = layout;
        Assembly = assembly;
        BlockCount = layout.BlocksIn(assembly.Piece);
        _askedOf = ArrayPool<Peer?>.Shared.Rent(BlockCount * MaxCopies);
        _sentBy = ArrayPool<IPEndPoint?>.Shared.Rent(BlockCount);
        Missing = BlockCount;
        Unasked = BlockCount;
        LastProgress = now;
    }

    internal PieceAssembly Assembly { get; }
    internal PieceIndex Piece => Assembly.Piece;
    internal int BlockCount { get; }

    /// <summary>Blocks not here.</summary>
    internal int Missing { get; private set; }

    /// <summary>Blocks neither here nor asked of anybody.</summary>
    internal int Unasked { get; private set; }

    /// <summary>Once the piece has failed with blocks of several peers: the one that must now send all of it, so that the next verdict has one culprit.</summary>
    internal Peer? OnlyFrom { get; set; }

    internal TimeSpan LastProgress { get; private set; }

    /// <summary>Who sent each block; complete once none is missing.</summary>
    internal ArraySegment<IPEndPoint?> SentBy => new(_sentBy, 0, BlockCount);

    internal bool IsHere(int block) => _sentBy[block] is not null;

    internal BlockRef Block(int number) => _layout.BlockAt(Piece, number);

    /// <summary>The first block from <paramref name="from"/> on that is neither here nor asked for, or −1.</summary>
    internal int NextUnasked(int from)
    {
        for (var i = Math.Max(from, _firstUnasked); i < BlockCount; i++)
        {
            if (_sentBy[i] is null && _askedOf[i * MaxCopies] is null)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The peers that owe a block.</summary>
    internal ReadOnlySpan<Peer?> OwnersOf(int block)
    {
        var owners = _askedOf.AsSpan(block * MaxCopies, MaxCopies);
        var count = 0;
        while (count < MaxCopies && owners[count] is not null)
        {
            count++;
        }

        return owners[..count];
    }

    /// <summary>Asks a peer for a block. Where as many as may be owe it, the first of them is no longer counted on; should it send, that is taken.</summary>
    internal void Ask(int block, Peer peer, bool isUrgent, TimeSpan now)
    {
        if (OwnersOf(block).Length == MaxCopies)
        {
            Forget(block, OwnersOf(block)[0]!);
        }

        var copies = OwnersOf(block).Length;
        _askedOf[(block * MaxCopies) + copies] = peer;
        if (copies == 0)
        {
            Unasked--;
            _firstUnasked += block == _firstUnasked ? 1 : 0;
        }

        peer.Ask(Block(block), Assembly, isUrgent, now);
    }

    /// <summary>A peer no longer owes a block: it said no, is gone, or was told to leave it.</summary>
    /// <returns>Whether somebody has to be asked for it now.</returns>
    internal bool Forget(int block, Peer peer)
    {
        var owners = _askedOf.AsSpan(block * MaxCopies, MaxCopies);
        var at = owners.IndexOf(peer);
        if (at < 0)
        {
            return false;
        }

        for (; at < MaxCopies - 1; at++)
        {
            owners[at] = owners[at + 1];
        }

        owners[MaxCopies - 1] = null;
        if (owners[0] is not null || _sentBy[block] is not null)
        {
            return false;
        }

        ToBeAsked(block);
        return true;
    }

    /// <summary>A block has arrived. Everybody else who owes it is told to stop.</summary>
    internal void Arrived(int block, Peer from, TimeSpan now)
    {
        var owners = OwnersOf(block);
        if (owners.Length == 0)
        {
            Unasked--;
        }

        foreach (var owner in owners)
        {
            if (owner != from)
            {
                owner!.Cancel(Block(block));
            }
        }

        _askedOf.AsSpan(block * MaxCopies, MaxCopies).Clear();
        _sentBy[block] = from.Hello.Address;
        Missing--;
        LastProgress = now;
    }

    /// <summary>Takes back every request: nobody wants the piece any more.</summary>
    internal void CancelAll()
    {
        for (var block = 0; block < BlockCount; block++)
        {
            foreach (var owner in OwnersOf(block))
            {
                owner!.Cancel(Block(block));
            }

            if (_askedOf[block * MaxCopies] is not null)
            {
                _askedOf.AsSpan(block * MaxCopies, MaxCopies).Clear();
                ToBeAsked(block);
            }
        }
    }

    /// <summary>Gives its tables back; nothing may be asked of it after that.</summary>
    internal void Release()
    {
        // Clean, or the pool would keep peers alive, and the next piece would find them.
        ArrayPool<Peer?>.Shared.Return(_askedOf, clearArray: true);
        ArrayPool<IPEndPoint?>.Shared.Return(_sentBy, clearArray: true);
    }

    private void ToBeAsked(int block)
    {
        Unasked++;
        _firstUnasked = Math.Min(_firstUnasked, block);
    }
}
