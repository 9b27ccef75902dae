using System.IO.Hashing;
using System.Net;
using BtFs.Engine.Layout;

namespace BtFs.Engine.Verifying;

/// <summary>Finds out who sent the bad block of a failed piece, by comparing with the blocks that passed later (v1; BEP 52 needs none of it).</summary>
/// <remarks>Only failed pieces cost anything. Hashes are keyed by a secret, so that nobody can send blocks made to collide. Owned by the loop.</remarks>
internal sealed class BlameLedger(long secret)
{
    /// <summary>Failed pieces remembered at a time.</summary>
    internal const int MaxPieces = 1024;

    /// <summary>Blocks remembered at a time, 40 bytes each.</summary>
    internal const int MaxBlocks = 1 << 18;

    private readonly Dictionary<PieceIndex, HashSet<(int Block, IPEndPoint Sender, ulong Hash)>> _evidence = [];
    private int _blocks;

    /// <summary>A piece failed: notes what each peer sent.</summary>
    internal void Failed(PieceAssembly assembly, IReadOnlyList<IPEndPoint?> senders)
    {
        if (!_evidence.TryGetValue(assembly.Piece, out var evidence))
        {
            if (_evidence.Count >= MaxPieces)
            {
                return;
            }

            _evidence[assembly.Piece] = evidence = [];
        }

        for (var block = 0; block < senders.Count; block++)
        {
            if (senders[block] is { } sender && _blocks < MaxBlocks && evidence.Add((block, sender, HashOf(assembly, block))))
            {
                _blocks++;
            }
        }
    }

    /// <summary>A piece passed: whoever sent something else earlier lied.</summary>
    internal IReadOnlyCollection<IPEndPoint> Passed(PieceAssembly assembly)
    {
        if (!_evidence.Remove(assembly.Piece, out var evidence))
        {
            return [];
        }

        _blocks -= evidence.Count;
        return evidence
            .Where(sent => sent.Hash != HashOf(assembly, sent.Block))
            .Select(sent => sent.Sender)
            .Distinct()
            .ToList();
    }

    /// <summary>Whether the piece has failed before and not passed since.</summary>
    internal bool Remembers(PieceIndex piece) => _evidence.ContainsKey(piece);

    /// <summary>Whether a peer had a hand in a piece that has failed and not passed since.</summary>
    internal bool Accuses(IPEndPoint sender) => _evidence.Values.Any(evidence => evidence.Any(sent => sent.Sender.Equals(sender)));

    private ulong HashOf(PieceAssembly assembly, int block)
    {
        var offset = block * TorrentLayout.BlockLength;
        var length = Math.Min(TorrentLayout.BlockLength, assembly.Length - offset);
        return XxHash3.HashToUInt64(assembly.Bytes.GetSpan().Slice(offset, length), secret);
    }
}
