using System.Text;
using BtFs.Protocol.Peer;

namespace BtFs.Testing.Swarms;

/// <summary>Peer ids of known clients.</summary>
internal static class PeerIds
{
    /// <summary>An id that begins as a client's do (BEP 20).</summary>
    internal static PeerId New(string client, Random random)
    {
        var bytes = new byte[20];
        random.NextBytes(bytes);
        Encoding.ASCII.GetBytes(client, bytes);
        return new PeerId(bytes);
    }
}
