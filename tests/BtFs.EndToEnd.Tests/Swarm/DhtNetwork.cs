using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A DHT of libtorrent nodes and of liars, each at a loopback address of its own, in one process (Peers/dht.py).</summary>
internal sealed class DhtNetwork : IAsyncDisposable
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan KnowsItselfWithin = TimeSpan.FromSeconds(90);

    /// <summary>Nodes in each table from which on a lookup finds its way.</summary>
    private const int EnoughKnown = 8;

    private readonly Process _process;

    private DhtNetwork(Process process) => _process = process;

    public IReadOnlyList<string> Nodes { get; private set; } = [];

    public IReadOnlyList<string> Liars { get; private set; } = [];

    /// <summary>Starts it, and returns when every node knows some others.</summary>
    public static async Task<DhtNetwork> StartAsync(int nodes, int liars)
    {
        var start = new ProcessStartInfo(
            Programs.Find("/usr/bin/python3"),
            [Path.Combine(AppContext.BaseDirectory, "Peers", "dht.py"), $"{nodes}", $"{liars}", $"{FreePort.On(IPAddress.Parse("127.1.0.1"))}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var network = new DhtNetwork(Process.Start(start) ?? throw new InvalidOperationException("python3 did not start."));
        var hello = await network.AnswerAsync();
        network.Nodes = Words(hello["nodes"]!);
        network.Liars = Words(hello["liars"]!);
        await network.KnowEachOtherAsync();
        return network;
    }

    /// <summary>Has the last node seed a torrent and announce it.</summary>
    public Task SeedAsync(TorrentFixture torrent) => AskAsync(new JsonObject
    {
        ["do"] = "seed",
        ["node"] = Nodes.Count - 1,
        ["torrent"] = torrent.TorrentFile,
        ["folder"] = torrent.SaveFolder,
        ["paths"] = new JsonArray([.. torrent.DiskPaths.Select(path => (JsonNode)path)]),
    });

    /// <summary>Questions that liars were asked.</summary>
    public async Task<int> LiesAsync() => (await AskAsync(new JsonObject { ["do"] = "stats" }))["asked"]!.AsArray().Sum(asked => (int)asked!);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task KnowEachOtherAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await AskAsync(new JsonObject { ["do"] = "introduce" });
            await Task.Delay(TimeSpan.FromSeconds(1));
            var known = (await AskAsync(new JsonObject { ["do"] = "stats" }))["known"]!.AsArray();
            if (known.All(count => (int)count! >= EnoughKnown))
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < KnowsItselfWithin, $"The nodes never met: {known.ToJsonString()}");
        }
    }

    private static List<string> Words(JsonNode list) => [.. list.AsArray().Select(word => (string)word!)];

    private async Task<JsonObject> AskAsync(JsonObject command)
    {
        await _process.StandardInput.WriteLineAsync(command.ToJsonString());
        await _process.StandardInput.FlushAsync();
        return await AnswerAsync();
    }

    private async Task<JsonObject> AnswerAsync()
    {
        using var deadline = new CancellationTokenSource(AnswersWithin);
        var line = await _process.StandardOutput.ReadLineAsync(deadline.Token)
            ?? throw new InvalidOperationException($"The DHT ended (is python3-libtorrent installed?): {await _process.StandardError.ReadToEndAsync(deadline.Token)}");
        var answer = JsonNode.Parse(line)!.AsObject();
        return answer["failed"] is { } failed ? throw new InvalidOperationException((string)failed!) : answer;
    }
}
