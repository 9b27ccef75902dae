using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace BtFs.EndToEnd.Swarm;

/// <summary>What a seed has sent so far.</summary>
/// <param name="Payload">Bytes of pieces.</param>
/// <param name="Peers">Connections now.</param>
/// <param name="Blocks">Blocks of 16 KiB sent, by piece.</param>
/// <param name="IsSeed">Whether it has all of the content.</param>
internal sealed record SeedStats(long Payload, int Peers, IReadOnlyDictionary<int, int> Blocks, bool IsSeed);

/// <summary>A seed of libtorrent in a process and at a loopback address of its own, driven over its stdin (Peers/seed.py).</summary>
internal sealed class LibtorrentSeed : IAsyncDisposable
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private bool _isGone;

    private LibtorrentSeed(Process process, IPEndPoint address)
    {
        _process = process;
        Address = address;
    }

    public IPEndPoint Address { get; }

    /// <summary>Starts a seed at 127.0.0.<paramref name="host"/>.</summary>
    /// <param name="host">Last number of its address: peers that share an address are taken for one.</param>
    /// <param name="port">Its port, or 0 for a free one.</param>
    /// <param name="trustsDisk">Whether it sends what is on its disk without checking it: what makes a corrupt seed.</param>
    /// <param name="encrypted">What it requires to be encrypted, whoever calls: "rc4" for the whole stream, "header" for the handshake, null for nothing.</param>
    public static Task<LibtorrentSeed> StartAsync(int host = 2, int port = 0, bool trustsDisk = false, string? encrypted = null)
    {
        var ip = IPAddress.Parse($"127.0.0.{host}");
        return StartAsync(
            new IPEndPoint(ip, port == 0 ? FreePort.On(ip) : port),
            within: null,
            [.. trustsDisk ? ["--trust-disk"] : Array.Empty<string>(), .. encrypted is not null ? [$"--encrypted={encrypted}"] : Array.Empty<string>()]);
    }

    /// <summary>Starts one that talks uTP and no TCP.</summary>
    /// <param name="address">Where.</param>
    /// <param name="within">The network namespace; null for ours.</param>
    /// <param name="isDeaf">Whether it hears of no other peers.</param>
    public static Task<LibtorrentSeed> StartUtpAsync(IPEndPoint address, NetworkNamespace? within = null, bool isDeaf = false) =>
        StartAsync(address, within, ["--utp", .. isDeaf ? ["--deaf"] : Array.Empty<string>()]);

    private static async Task<LibtorrentSeed> StartAsync(IPEndPoint address, NetworkNamespace? within, string[] options)
    {
        string[] command = [Programs.Find("/usr/bin/python3"), Path.Combine(AppContext.BaseDirectory, "Peers", "seed.py"), address.ToString(), .. options];
        command = within?.Line(command) ?? command;
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        var seed = new LibtorrentSeed(process, address);
        var hello = await seed.AnswerAsync();
        Assert.Equal(address.Port, (int)hello["port"]!);
        return seed;
    }

    /// <summary>Starts a seed that has this torrent.</summary>
    public static async Task<LibtorrentSeed> StartAsync(TorrentFixture torrent, int host = 2, int port = 0)
    {
        var seed = await StartAsync(host, port);
        await seed.AddAsync(torrent);
        return seed;
    }

    public Task AddAsync(TorrentFixture torrent, string? torrentFile = null, string? folder = null) => AskAsync(new JsonObject
    {
        ["do"] = "add",
        ["torrent"] = torrentFile ?? torrent.TorrentFile,
        ["folder"] = folder ?? torrent.SaveFolder,
        ["paths"] = new JsonArray([.. torrent.DiskPaths.Select(path => (JsonNode)path)]),
    });

    public async Task<SeedStats> StatsAsync(TorrentFixture? torrent = null)
    {
        var stats = await AskAsync(new JsonObject { ["do"] = "stats", ["infohash"] = torrent?.InfoHash });
        Assert.Equal("", (string)stats["error"]!);
        return new SeedStats(
            (long)stats["payload"]!,
            (int)stats["peers"]!,
            stats["blocks"]!.AsObject().ToDictionary(pair => int.Parse(pair.Key), pair => (int)pair.Value!),
            (bool)stats["seeding"]!);
    }

    /// <summary>Joins without a byte of the content, and hardly takes any.</summary>
    public Task LeechAsync(TorrentFixture torrent, string folder) =>
        AskAsync(new JsonObject { ["do"] = "leech", ["torrent"] = torrent.TorrentFile, ["folder"] = folder });

    /// <summary>How many pieces each of its peers says to have now.</summary>
    public async Task<IReadOnlyList<int>> ToldAsync() =>
        [.. (await AskAsync(new JsonObject { ["do"] = "told" }))["pieces"]!.AsArray().Select(count => (int)count!)];

    /// <summary>How each of its connections is encrypted: "rc4", "header" or "plain".</summary>
    public async Task<IReadOnlyList<string>> CiphersAsync() =>
        [.. (await AskAsync(new JsonObject { ["do"] = "ciphers" }))["ciphers"]!.AsArray().Select(cipher => (string)cipher!)];

    /// <summary>Joins without a byte of the content, and fetches it from a peer.</summary>
    public Task FetchAsync(string torrentFile, string folder, IPEndPoint from) => AskAsync(new JsonObject
    {
        ["do"] = "fetch",
        ["torrent"] = torrentFile,
        ["folder"] = folder,
        ["address"] = from.Address.ToString(),
        ["port"] = from.Port,
    });

    /// <summary>Calls a peer.</summary>
    public Task ConnectAsync(IPEndPoint to) => AskAsync(new JsonObject { ["do"] = "connect", ["address"] = to.Address.ToString(), ["port"] = to.Port });

    /// <summary>Sends no faster than this from now on.</summary>
    /// <param name="bytesPerSecond">0 for no limit.</param>
    public Task LimitAsync(int bytesPerSecond) => AskAsync(new JsonObject { ["do"] = "limit", ["rate"] = bytesPerSecond });

    /// <summary>Falls silent without a word, like a machine that was switched off: connections stay, nothing answers.</summary>
    public void Freeze() => Signals.Send(_process.Id, Signals.Stop);

    public void Thaw() => Signals.Send(_process.Id, Signals.Continue);

    /// <summary>Ends it at once: its connections close. Doing so twice is once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isGone)
        {
            return;
        }

        _isGone = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<JsonObject> AskAsync(JsonObject command)
    {
        await _process.StandardInput.WriteLineAsync(command.ToJsonString());
        await _process.StandardInput.FlushAsync();
        return await AnswerAsync();
    }

    private async Task<JsonObject> AnswerAsync()
    {
        using var deadline = new CancellationTokenSource(AnswersWithin);
        var line = await _process.StandardOutput.ReadLineAsync(deadline.Token);
        if (line is null)
        {
            throw new InvalidOperationException(
                $"The libtorrent seed ended (is python3-libtorrent installed?): {await _process.StandardError.ReadToEndAsync(deadline.Token)}");
        }

        var answer = JsonNode.Parse(line)!.AsObject();
        return answer["failed"] is { } failed ? throw new InvalidOperationException((string)failed!) : answer;
    }
}
