using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Testing.Swarms;

/// <summary>Says whether a piece is right, a millisecond of virtual time later: about what hashing 1 MiB takes.</summary>
internal sealed class SimulatedVerifier(SimulatedSwarm swarm, bool comparesBytes) : IPieceVerifier
{
    private static readonly TimeSpan HashTime = TimeSpan.FromMilliseconds(1);

    private readonly HashSet<PieceAssembly> _spoilt = [];

    /// <summary>A corrupt block went into a piece.</summary>
    internal void Spoilt(PieceAssembly assembly) => _spoilt.Add(assembly);

    /// <inheritdoc/>
    public void Submit(PieceAssembly assembly, bool urgent, Action<VerifiedRange?> done)
    {
        if (!assembly.IsComplete || !assembly.Bytes.TryHold())
        {
            throw new BrokenRuleException($"Piece {assembly.Piece} was to be hashed and is not complete.");
        }

        swarm.After(HashTime, () => Judge(assembly, done));
    }

    private void Judge(PieceAssembly assembly, Action<VerifiedRange?> done)
    {
        var isRight = !_spoilt.Remove(assembly);
        if (comparesBytes && isRight != swarm.Content.IsTrue(assembly.Piece, assembly.Bytes.GetSpan()[..assembly.Length]))
        {
            throw new BrokenRuleException($"Piece {assembly.Piece} was put together wrongly.");
        }

        if (isRight)
        {
            done(new VerifiedRange(new PieceSlice(assembly.Piece, 0, assembly.Length), assembly.Bytes));
        }
        else
        {
            assembly.Bytes.Release();
            done(null);
        }
    }
}
