using BtFs.Engine.Peers;
using BtFs.Engine.Verifying;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine;

/// <summary>What the torrents of one process share.</summary>
internal sealed record EngineParts(
    EngineOptions Options,
    int ListenPort,
    PeerSessionOptions Sessions,
    PeerDialer Dialer,
    HashWorkers Hashing,
    SharedBufferPool Buffers,
    TimeProvider Time,
    Random Random,
    ILogger Log,
    Action<Torrent> Forget);
