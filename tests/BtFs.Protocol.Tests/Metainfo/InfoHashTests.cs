using System.Text;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class InfoHashTests
{
    [Fact]
    public void Hashes_are_those_of_the_standards()
    {
        Assert.Equal("a9993e364706816aba3e25717850c26c9cd0d89d", InfoHash.OfInfo("abc"u8).ToString());
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", InfoHashV2.OfInfo("abc"u8).ToString());
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a3", InfoHashV2.OfInfo("abc"u8).Truncated.ToString());
    }

    [Fact]
    public void Hashes_are_equal_if_all_their_bytes_are()
    {
        var bytes = Encoding.ASCII.GetBytes("0123456789abcdefghijABCDEFGHIJKL");
        var other = Encoding.ASCII.GetBytes("0123456789abcdefghijABCDEFGHIJKM");

        Assert.True(new InfoHashV2(bytes) == new InfoHashV2(bytes));
        Assert.True(new InfoHashV2(bytes) != new InfoHashV2(other));
        Assert.True(new InfoHashV2(bytes).Truncated == new InfoHashV2(other).Truncated);
        Assert.True(new InfoHashV2(bytes).Equals((object)new InfoHashV2(bytes)));
        Assert.Equal(new InfoHashV2(bytes).GetHashCode(), new InfoHashV2(bytes).GetHashCode());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_version_2_hash_has_32_bytes(int length) => Assert.Throws<ArgumentException>(() => new InfoHashV2(new byte[length]));
}
