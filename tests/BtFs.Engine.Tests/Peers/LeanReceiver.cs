using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Storage;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Peers;

/// <summary>Downloads a torrent from one peer in order, with the engine's own session, inbox, verifier and block cache, and no decisions between them.</summary>
internal sealed class LeanReceiver(IPeerWire wire, TorrentInbox inbox, TorrentLayout layout, IPieceVerifier verifier, RangeStore store, SharedBufferPool buffers)
{
    /// <summary>Blocks asked for and not here.</summary>
    private const int Depth = 64;

    private readonly PieceAssembly?[] _open = new PieceAssembly?[layout.PieceCount];
    private int _asked;
    private int _received;
    private int _stored;

    /// <summary>Goes on until so many pieces are stored.</summary>
    internal async Task UntilStoredAsync(int pieces)
    {
        while (_stored < pieces)
        {
            Ask(pieces);
            Assert.True(await inbox.WaitAsync());
            while (inbox.TryTake(out var e))
            {
                Handle(e);
            }
        }
    }

    private void Ask(int pieces)
    {
        for (; _asked - _received < Depth && _asked / layout.BlocksIn(new PieceIndex(0)) < pieces; _asked++)
        {
            var piece = new PieceIndex(_asked / layout.BlocksIn(new PieceIndex(0)));
            var target = _open[piece.Value] ??= new PieceAssembly(piece, layout, buffers.Rent(layout.LengthOf(piece)));
            wire.Request(layout.BlockAt(piece, _asked % layout.BlocksIn(piece)), target);
        }

        wire.Flush();
    }

    private void Handle(TorrentEvent e)
    {
        switch (e)
        {
            case TorrentEvent.BlocksReceived received:
                foreach (var (_, target, taken) in received.Blocks)
                {
                    Assert.True(taken);
                    _received++;
                    if (target.IsComplete && _open[target.Piece.Value] == target)
                    {
                        _open[target.Piece.Value] = null;
                        Verify(target);
                    }
                }

                received.Done();
                break;
            case TorrentEvent.PieceVerified { Proof: { } proof } verified:
                store.Add(proof);
                verified.Assembly.Drop();
                _stored++;
                break;
            case TorrentEvent.MessageReceived:
                break;
            default:
                throw new InvalidOperationException($"Unexpected: {e}");
        }
    }

    private void Verify(PieceAssembly target) =>
        verifier.Submit(target, urgent: true, proof => inbox.Post(new TorrentEvent.PieceVerified(target, proof)));
}
