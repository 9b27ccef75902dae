namespace BtFs.Engine.Verifying;

/// <summary>Says whether a full piece is what the torrent promised. Works off the loop.</summary>
internal interface IPieceVerifier
{
    /// <summary>Hashes a complete assembly.</summary>
    /// <param name="assembly">Complete and sealed; stays the caller's.</param>
    /// <param name="urgent">Whether a reader waits: such pieces go first.</param>
    /// <param name="done">Called once, on any thread, maybe within this call: the proof, or null when the hash differs.</param>
    void Submit(PieceAssembly assembly, bool urgent, Action<VerifiedRange?> done);
}
