using BtFs.Protocol;

namespace BtFs.Engine.Peers;

/// <summary>The other side ended the connection during the handshake: as often as not, because it wants another kind of handshake.</summary>
internal sealed class HungUpException(string message = "hung up during the handshake", Exception? cause = null) : ProtocolViolationException(message, cause);
