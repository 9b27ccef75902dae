namespace BtFs.Engine.Discovery;

/// <summary>What is posted.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="ContentType">What they are.</param>
/// <param name="Header">The name of one more header.</param>
/// <param name="Value">Its value.</param>
internal sealed record HttpPost(byte[] Body, string ContentType, string Header, string Value);
