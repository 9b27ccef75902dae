using System.Net;
using System.Text;
using BtFs.Engine.CacheFolders;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.CacheFolders;

public class CachedPeersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_written_is_read_back()
    {
        RememberedPeer[] peers =
        [
            new(new IPEndPoint(IPAddress.Parse("203.0.113.7"), 6881), 0.25, SpeaksUtp: true, TimeSpan.FromMinutes(3)),
            new(new IPEndPoint(IPAddress.Parse("2001:db8::7"), 51413), 1.5, SpeaksUtp: false, TimeSpan.FromDays(29)),
        ];

        Assert.Equal(peers, CachedPeers.Read(CachedPeers.ToBytes(peers, Now), Now));
    }

    [Fact]
    public void Fifty_are_kept_and_no_more_and_their_file_may_be_read()
    {
        var peers = Enumerable.Range(1, RememberedPeer.Most + 1)
            .Select(i => new RememberedPeer(new IPEndPoint(IPAddress.Parse($"2001:db8::{i:x}"), 65_535), 59, SpeaksUtp: true, TimeSpan.Zero)).ToList();

        var bytes = CachedPeers.ToBytes(peers, Now);
        Assert.Equal(peers.Take(RememberedPeer.Most), CachedPeers.Read(bytes, Now));
        Assert.InRange(bytes.Length, 1, CachedPeers.MaxBytes / 2);

        var row = Encoding.Latin1.GetString(CachedPeers.ToBytes(peers[..1], Now))[1..^1];
        Assert.Equal(RememberedPeer.Most, CachedPeers.Read(Encoding.Latin1.GetBytes($"l{string.Concat(Enumerable.Repeat(row, 90))}e"), Now).Count);
    }

    [Theory]
    [InlineData(30 * 24 * 60 * 60, true)]
    [InlineData((30 * 24 * 60 * 60) + 1, false)]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void Who_was_seen_longer_ago_than_a_month_or_in_the_future_is_passed_over(int secondsAgo, bool isTaken) =>
        Assert.Equal(isTaken, CachedPeers.Read(Encoding.Latin1.GetBytes($"ll6:\u0001\u0002\u0003\u0004\u0005\u0006i1ei{Now.ToUnixTimeSeconds() - secondsAgo}ei0eee"), Now).Count == 1);

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("d1:ai1ee")]
    [InlineData("i1e")]
    [InlineData("lllllllllllleeeeeeeeeeee")]
    [InlineData("li1e0:ledee")]
    [InlineData("ll6:aaaa\0\0i1eTi0eee")]
    [InlineData("ll5:aaaaai1eTi0eee")]
    [InlineData("ll6:aaaaaai0eTi0eee")]
    [InlineData("ll6:aaaaaai60001eTi0eee")]
    [InlineData("ll6:aaaaaai-9223372036854775808eTi0eee")]
    [InlineData("ll6:aaaaaai1ei9223372036854775807ei0eee")]
    [InlineData("ll6:aaaaaai1eTeee")]
    [InlineData("ll6:aaaaaai1eTi0ei0eee")]
    [InlineData("lli1ei1eTi0eee")]
    public void What_makes_no_sense_is_nobody(string file) =>
        Assert.Empty(CachedPeers.Read(Encoding.Latin1.GetBytes(file.Replace("T", $"i{Now.ToUnixTimeSeconds()}e", StringComparison.Ordinal)), Now));
}
