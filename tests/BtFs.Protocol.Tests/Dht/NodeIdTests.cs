using System.Numerics;
using BtFs.Protocol.Dht;

namespace BtFs.Protocol.Tests.Dht;

public class NodeIdTests
{
    [Fact]
    public void The_nearer_of_two_places_is_the_one_whose_XOR_is_the_smaller_number()
    {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var target = NodeId.Any(random);

            // Places that share much with the target, so that every byte gets its turn to decide.
            var left = target.Neighbour(random.Next(NodeId.Bits), random);
            var right = target.Neighbour(random.Next(NodeId.Bits), random);

            var expected = Distance(target, left).CompareTo(Distance(target, right));

            Assert.Equal(Math.Sign(expected), Math.Sign(NodeId.CompareDistance(target, left, right)));
        }
    }

    [Fact]
    public void A_neighbour_shares_exactly_as_many_bits_as_was_asked()
    {
        var random = new Random(2);
        for (var bits = 0; bits < NodeId.Bits; bits++)
        {
            var id = NodeId.Any(random);

            Assert.Equal(bits, NodeId.SharedBits(id, id.Neighbour(bits, random)));
        }

        Assert.Equal(NodeId.Bits, NodeId.SharedBits(NodeId.Any(new Random(3)), NodeId.Any(new Random(3))));
    }

    private static BigInteger Distance(NodeId left, NodeId right)
    {
        var bytes = new byte[NodeId.Size];
        for (var i = 0; i < NodeId.Size; i++)
        {
            bytes[i] = (byte)(left[i] ^ right[i]);
        }

        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }
}
