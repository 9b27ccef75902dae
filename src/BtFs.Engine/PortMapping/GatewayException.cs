namespace BtFs.Engine.PortMapping;

/// <summary>The gateway does not answer, refuses, or answers nonsense.</summary>
internal sealed class GatewayException(string message, Exception? inner = null) : Exception(message, inner);
