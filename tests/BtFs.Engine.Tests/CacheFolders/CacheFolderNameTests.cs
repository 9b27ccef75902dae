using BtFs.Engine.CacheFolders;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Tests.CacheFolders;

public sealed class CacheFolderNameTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData(Hash, 1)]
    [InlineData(Hash + ".2", 2)]
    [InlineData(Hash + ".65", 65)]
    public void A_name_is_read_as_it_is_written(string text, int number)
    {
        Assert.True(CacheFolderName.TryParse(text, out var name));
        Assert.Equal(new CacheFolderName(new InfoHash(Convert.FromHexString(Hash)), number), name);
        Assert.Equal(text, name.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ledger")]
    [InlineData("0123456789ABCDEF0123456789abcdef01234567")]
    [InlineData("0123456789abcdef0123456789abcdef0123456")]
    [InlineData(Hash + "0")]
    [InlineData(Hash + ".")]
    [InlineData(Hash + ".1")]
    [InlineData(Hash + ".02")]
    [InlineData(Hash + ".-2")]
    [InlineData(Hash + ".99999999999")]
    [InlineData(Hash + ".2.3")]
    public void What_we_never_wrote_is_not_ours(string text) => Assert.False(CacheFolderName.TryParse(text, out _));
}
