namespace BtFs.Protocol.Encryption;

/// <summary>How the stream goes on after the encrypted handshake (<c>crypto_provide</c>, <c>crypto_select</c>).</summary>
[Flags]
public enum CryptoMethods
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>As it is.</summary>
    Plaintext = 1,

    /// <summary>Encrypted.</summary>
    Rc4 = 2,
}
