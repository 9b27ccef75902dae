namespace BtFs.Fuse.Requests;

/// <summary>The kernel's INIT made no sense, or it speaks a protocol older than <see cref="Handshake.OldestMinor"/>.</summary>
internal sealed class HandshakeException() : Exception("The kernel's FUSE protocol is too old.");
