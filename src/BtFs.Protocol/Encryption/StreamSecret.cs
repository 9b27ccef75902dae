using System.Security.Cryptography;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Encryption;

/// <summary>What follows from the shared secret of a Message Stream Encryption handshake: what to look for in the stream, and its keys.</summary>
/// <param name="secret">Of <see cref="KeyExchange.Secret"/>.</param>
public readonly struct StreamSecret(byte[] secret)
{
    /// <summary>Length of the hashes, in bytes.</summary>
    public const int HashBytes = SHA1.HashSizeInBytes;

    /// <summary>What the caller sends behind its pad, so that its end is found: HASH('req1', S).</summary>
    public byte[] CallMark => SHA1.HashData([.. "req1"u8, .. secret]);

    /// <summary>The caller's stream.</summary>
    public Rc4 CallerCipher(InfoHash torrent) => Cipher("keyA"u8, torrent);

    /// <summary>The stream of who was called.</summary>
    public Rc4 AnswererCipher(InfoHash torrent) => Cipher("keyB"u8, torrent);

    /// <summary>Hides a torrent's alias, or uncovers a hidden one, which is the same: alias xor HASH('req3', S).</summary>
    public TorrentAlias Hide(TorrentAlias alias)
    {
        Span<byte> mask = stackalloc byte[HashBytes];
        SHA1.HashData([.. "req3"u8, .. secret], mask);
        for (var i = 0; i < HashBytes; i++)
        {
            mask[i] ^= alias.Bytes[i];
        }

        return new TorrentAlias(mask);
    }

    private Rc4 Cipher(ReadOnlySpan<byte> name, InfoHash torrent) => new(SHA1.HashData([.. name, .. secret, .. torrent]));
}
