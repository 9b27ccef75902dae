namespace BtFs.Engine;

/// <summary>Whether connections with peers are encrypted (Message Stream Encryption).</summary>
public enum EncryptionPolicy
{
    /// <summary>Either way: plain where the peer takes it, encrypted where it takes nothing else.</summary>
    Prefer,

    /// <summary>Only encrypted, the whole stream, whoever calls.</summary>
    Require,

    /// <summary>Only plain, whoever calls.</summary>
    Off,
}
