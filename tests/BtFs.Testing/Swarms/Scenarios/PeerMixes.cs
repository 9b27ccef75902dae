namespace BtFs.Testing.Swarms.Scenarios;

/// <summary>The peers of the swarms by which engines were compared. Round trips are drawn between 20 and 150 ms.</summary>
internal static class PeerMixes
{
    /// <summary>Ten peers of 500 kB/s.</summary>
    internal static IEnumerable<PeerBehaviour> Uniform(Random random)
    {
        for (var i = 0; i < 10; i++)
        {
            yield return Far(random, 500_000);
        }
    }

    /// <summary>Twenty peers of 30 kB/s to 2 MB/s, 9.7 MB/s in all; before one block in 333 a peer stops for three seconds.</summary>
    internal static IEnumerable<PeerBehaviour> Mixed(Random random)
    {
        (int Count, double Rate)[] kinds = [(2, 2_000_000), (4, 800_000), (6, 300_000), (6, 100_000), (2, 30_000)];
        foreach (var (count, rate) in kinds)
        {
            for (var i = 0; i < count; i++)
            {
                yield return Far(random, rate) with { StallShare = 0.003 };
            }
        }
    }

    /// <summary>A libtorrent seed.</summary>
    internal static PeerBehaviour Far(Random random, double rate) => new()
    {
        Rate = rate,
        RoundTrip = random.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(150)),
        RequestLimit = 2000,
    };

    /// <summary>The same peer with a limiter of its own, as libtorrent has it: a share every half second, and what is not used is saved up for about a second.</summary>
    internal static PeerBehaviour Stepwise(PeerBehaviour peer) =>
        peer with { StepEvery = TimeSpan.FromSeconds(0.5), StepsSaved = TimeSpan.FromSeconds(1) };

    /// <summary>The same peer, running Transmission: what it was asked for comes, cancelled or not, and its limiter saves nothing.</summary>
    internal static PeerBehaviour AsTransmission(PeerBehaviour peer) =>
        peer with { Client = "-TR3000-", Output = OutputBuffer.Transmission, SwallowsCancels = true, RequestLimit = 512, StepsSaved = TimeSpan.Zero, ServesInPulses = true };

    /// <summary>The same, but some take requests and never answer, and seem near.</summary>
    internal static IEnumerable<PeerBehaviour> WithSilent(IEnumerable<PeerBehaviour> peers, double share) =>
        Change(peers, share, peer => peer with { IsSilent = true, RoundTrip = TimeSpan.FromMilliseconds(20) });

    /// <summary>The same, but some stop for three seconds before every other block, and seem near.</summary>
    internal static IEnumerable<PeerBehaviour> WithStallers(IEnumerable<PeerBehaviour> peers, double share) =>
        Change(peers, share, peer => peer with { StallShare = 0.5, RoundTrip = TimeSpan.FromMilliseconds(20) });

    /// <summary>The same, but some spoil one block in fifty.</summary>
    internal static IEnumerable<PeerBehaviour> WithLiars(IEnumerable<PeerBehaviour> peers, double share) =>
        Change(peers, share, peer => peer with { Corruption = 0.02 });

    /// <summary>Changes a share of them, spread evenly.</summary>
    private static IEnumerable<PeerBehaviour> Change(IEnumerable<PeerBehaviour> peers, double share, Func<PeerBehaviour, PeerBehaviour> change)
    {
        var all = peers.ToList();
        var changed = (int)Math.Round(all.Count * share);
        return all.Select((peer, i) => i * changed / all.Count != (i + 1) * changed / all.Count ? change(peer) : peer);
    }
}
