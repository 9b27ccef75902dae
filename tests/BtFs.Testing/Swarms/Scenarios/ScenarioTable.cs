using BtFs.Engine;
using BtFs.Testing.Swarms.Readers;

namespace BtFs.Testing.Swarms.Scenarios;

/// <summary>The scenarios by which the scheduler is judged.</summary>
internal static class ScenarioTable
{
    private const double TwentyMbit = 2_500_000;

    private static readonly SwarmShape OneMiB = new() { PieceLength = 1 << 20, FileLengths = [1L << 30], KeepsBytes = false };

    private static readonly SwarmShape All = OneMiB with { Prefetch = PrefetchPolicy.All };

    /// <summary>Urgent reads while all the rest is being fetched, and without that; the swarms of old measurements first.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Urgent("uni", "10 x 500 kB/s, background on", PeerMixes.Uniform),
        Urgent("het", "20 unequal peers, stalls, background on", PeerMixes.Mixed),
        Urgent("link", "het behind 20 Mbit/s, background on", PeerMixes.Mixed) with { Shape = All with { LinkRate = TwentyMbit } },
        Urgent("uni-tr", "uni, of Transmissions", random => PeerMixes.Uniform(random).Select(PeerMixes.AsTransmission)),
        Urgent("het-tr", "het, of Transmissions", random => PeerMixes.Mixed(random).Select(PeerMixes.AsTransmission)),
        Urgent("link-tr", "link, of Transmissions", random => PeerMixes.Mixed(random).Select(PeerMixes.AsTransmission)) with { Shape = All with { LinkRate = TwentyMbit } },
        Urgent("link-bloat", "link with 1 s of queue", PeerMixes.Mixed) with { Shape = All with { LinkRate = TwentyMbit, LinkDepth = 1 } },
        Urgent("uni-256k", "uni, pieces of 256 KiB", PeerMixes.Uniform) with { Shape = All with { PieceLength = 256 << 10 } },
        Urgent("het-256k", "het, pieces of 256 KiB", PeerMixes.Mixed) with { Shape = All with { PieceLength = 256 << 10 } },
        Urgent("het-4m", "het, pieces of 4 MiB", PeerMixes.Mixed) with { Shape = All with { PieceLength = 4 << 20 } },
        Alone("uni-alone", "uni, nothing else wanted", PeerMixes.Uniform),
        Alone("het-alone", "het, nothing else wanted", PeerMixes.Mixed),
        Alone("link-alone", "link, nothing else wanted", PeerMixes.Mixed) with { Shape = OneMiB with { LinkRate = TwentyMbit } },
        Urgent("silent", "uni, 30 % take requests and never answer", random => PeerMixes.WithSilent(PeerMixes.Uniform(random), 0.3)),
        Urgent("stallers", "uni, 30 % stop for 3 s before every other block", random => PeerMixes.WithStallers(PeerMixes.Uniform(random), 0.3)),
        Urgent("liars", "uni, one in ten spoils one block in fifty", random => PeerMixes.WithLiars(PeerMixes.Uniform(random), 0.1)),
        Urgent("steps", "uni, of peers that send in steps of half a second", random => PeerMixes.Uniform(random).Select(PeerMixes.Stepwise)),
        Urgent("steps-tr", "steps, of Transmissions", random => PeerMixes.Uniform(random).Select(peer => PeerMixes.AsTransmission(PeerMixes.Stepwise(peer)))),
        Alone("steps-alone", "steps, nothing else wanted", random => PeerMixes.Uniform(random).Select(PeerMixes.Stepwise)),
        Copy("copy-steps", "a copy, steps", random => PeerMixes.Uniform(random).Select(PeerMixes.Stepwise)),
        Urgent("any-order", "het, served in any order", random => PeerMixes.Mixed(random).Select(peer => peer with { Order = ServiceOrder.Random })),
        Urgent("choking", "20 leechers that choke by rounds", random => PeerMixes.Mixed(random).Select(peer => peer with { Choking = new ChokingRounds { Round = TimeSpan.FromSeconds(random.Next(1, 3) * 10) } }))
            with { Length = TimeSpan.FromSeconds(40) },
        Urgent("churn", "het, each peer stays 20 s", PeerMixes.Mixed) with { Churn = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)), Length = TimeSpan.FromSeconds(30) },
        Copy("copy-uni", "a copy, uni", PeerMixes.Uniform),
        Copy("copy-het", "a copy, het", PeerMixes.Mixed),
        Copy("copy-link", "a copy, link", PeerMixes.Mixed) with { Shape = OneMiB with { LinkRate = TwentyMbit } },
        CopyAndRandom("copy+rnd-uni", "a copy beside random reads, uni", PeerMixes.Uniform),
        CopyAndRandom("copy+rnd-het", "a copy beside random reads, het", PeerMixes.Mixed),
        Play("play-uni", "a player at 5 Mbit/s that jumps, uni", PeerMixes.Uniform),
        Play("play-het", "a player at 5 Mbit/s that jumps, het", PeerMixes.Mixed),
        Play("play-link", "a player at 5 Mbit/s that jumps, link", PeerMixes.Mixed) with { Shape = OneMiB with { LinkRate = TwentyMbit } },
        Play("play+rnd-uni", "a player beside random reads, uni", PeerMixes.Uniform) with { Readers = () => [new Player(), new RandomReader()] },
        Many("64-readers", "64 copies of 64 files, uni", PeerMixes.Uniform),
    ];

    internal static Scenario Named(string name) => Scenarios.Single(scenario => scenario.Name == name);

    private static Scenario Urgent(string name, string about, Func<Random, IEnumerable<PeerBehaviour>> peers) => new()
    {
        Name = name,
        About = about,
        Shape = All,
        Peers = peers,
        Readers = () => [new RandomReader()],
    };

    private static Scenario Alone(string name, string about, Func<Random, IEnumerable<PeerBehaviour>> peers) =>
        Urgent(name, about, peers) with { Shape = OneMiB };

    private static Scenario Copy(string name, string about, Func<Random, IEnumerable<PeerBehaviour>> peers) =>
        Urgent(name, about, peers) with { Shape = OneMiB, Readers = () => [new Copier()], Length = TimeSpan.FromSeconds(30) };

    private static Scenario CopyAndRandom(string name, string about, Func<Random, IEnumerable<PeerBehaviour>> peers) =>
        Urgent(name, about, peers) with { Shape = OneMiB, Readers = () => [new Copier(), new RandomReader()], Length = TimeSpan.FromSeconds(30) };

    private static Scenario Play(string name, string about, Func<Random, IEnumerable<PeerBehaviour>> peers) =>
        Urgent(name, about, peers) with { Shape = OneMiB, Readers = () => [new Player()], Length = TimeSpan.FromSeconds(45) };

    private static Scenario Many(string name, string about, Func<Random, IEnumerable<PeerBehaviour>> peers) =>
        Urgent(name, about, peers) with
        {
            Shape = OneMiB with { FileLengths = [.. Enumerable.Repeat(16L << 20, 64)] },
            Readers = () => [.. Enumerable.Range(0, 64).Select(file => new Copier { File = file })],
        };
}
