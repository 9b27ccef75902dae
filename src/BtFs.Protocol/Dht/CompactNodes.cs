namespace BtFs.Protocol.Dht;

/// <summary>Nodes without anything between them: id and address, 26 bytes each for IPv4 (BEP 5), 38 for IPv6 (BEP 32).</summary>
public static class CompactNodes
{
    /// <summary>How many bytes a node of a family takes.</summary>
    public static int BytesOf(DhtFamilies family) => NodeId.Size + CompactAddress.BytesOf(family);

    /// <summary>Reads nodes of one family. Those that cannot be asked (port 0, another family in disguise) and some bytes too many at the end are passed over.</summary>
    /// <param name="bytes">The nodes.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="max">Nodes taken at most.</param>
    public static List<NodeContact> Read(ReadOnlySpan<byte> bytes, DhtFamilies family, int max)
    {
        var nodes = new List<NodeContact>();
        var stride = BytesOf(family);
        for (; bytes.Length >= stride && nodes.Count < max; bytes = bytes[stride..])
        {
            if (CompactAddress.Read(bytes[NodeId.Size..stride]) is { } address && CompactAddress.FamilyOf(address.Address) == family)
            {
                nodes.Add(new NodeContact(new NodeId(bytes[..NodeId.Size]), address));
            }
        }

        return nodes;
    }

    /// <summary>The nodes as bytes.</summary>
    /// <param name="nodes">All of one family.</param>
    /// <param name="family">Which.</param>
    public static byte[] ToBytes(IReadOnlyList<NodeContact> nodes, DhtFamilies family)
    {
        var stride = BytesOf(family);
        var bytes = new byte[nodes.Count * stride];
        for (var i = 0; i < nodes.Count; i++)
        {
            var one = bytes.AsSpan(i * stride, stride);
            nodes[i].Id.CopyTo(one);
            CompactAddress.Write(one[NodeId.Size..], nodes[i].Address);
        }

        return bytes;
    }
}
