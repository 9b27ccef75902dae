namespace BtFs.Engine.Datagrams;

/// <summary>What became of datagrams that were to be sent.</summary>
internal enum SendOutcome
{
    /// <summary>They are gone, or lost on their way.</summary>
    Sent,

    /// <summary>There is no room now.</summary>
    Blocked,

    /// <summary>This way takes no more than one at a time.</summary>
    OneByOne,
}
