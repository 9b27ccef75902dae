using BtFs.Engine.Peers;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Peers;

public class OurPeerIdTests
{
    [Fact]
    public void After_a_renewal_we_are_somebody_new_and_still_know_ourselves_by_the_last_eight_names()
    {
        var ids = new List<PeerId> { Greeting.Self };
        var ours = new OurPeerId(Greeting.Self);
        var random = new Random(99);
        for (var i = 0; i < PeerLimits.OwnIds; i++)
        {
            ours.Renew(random);
            Assert.DoesNotContain(ours.Current, ids);
            ids.Add(ours.Current);
        }

        Assert.False(ours.Is(ids[0]));
        Assert.All(ids[1..], id => Assert.True(ours.Is(id)));
        Assert.False(ours.Is(Greeting.Other));
    }
}
