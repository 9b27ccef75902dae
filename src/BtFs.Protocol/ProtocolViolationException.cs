namespace BtFs.Protocol;

/// <summary>The other side broke the protocol. Its connection is over; nothing else is.</summary>
public class ProtocolViolationException(string message, Exception? cause = null) : Exception(message, cause);
