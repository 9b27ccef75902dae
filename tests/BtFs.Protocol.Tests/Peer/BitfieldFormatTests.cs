using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Tests.Peer;

public sealed class BitfieldFormatTests
{
    [Theory]
    [InlineData(1, "80")]
    [InlineData(8, "ff")]
    [InlineData(9, "ff80")]
    [InlineData(15, "fffe")]
    [InlineData(16, "ffff")]
    public void A_bitfield_with_every_piece_fits(int pieces, string bits) => BitfieldFormat.Check(Convert.FromHexString(bits), pieces);

    [Theory]
    [InlineData(1, "40")]
    [InlineData(9, "ffc0")]
    [InlineData(15, "0001")]
    [InlineData(8, "ff00")]
    [InlineData(9, "ff")]
    [InlineData(1, "")]
    public void A_bitfield_of_the_wrong_length_or_with_spare_bits_set_is_refused(int pieces, string bits)
    {
        Assert.Throws<ProtocolViolationException>(() => BitfieldFormat.Check(Convert.FromHexString(bits), pieces));
    }
}
