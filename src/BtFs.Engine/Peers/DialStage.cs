namespace BtFs.Engine.Peers;

/// <summary>Where the connection to an address stands.</summary>
internal enum DialStage
{
    Idle,
    Dialing,
    Connected,
}
