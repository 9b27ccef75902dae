using System.CommandLine;
using BtFs.Doctor;
using BtFs.Engine;
using BtFs.Running;
using static BtFs.Commands.OptionDraft;

namespace BtFs.Commands;

/// <summary><c>btfs doctor [SOURCE]</c>: looks whether everything is there that a mount needs, and says what to do where it is not.</summary>
/// <param name="request">The options that a mount would have.</param>
/// <param name="output">Takes the findings.</param>
/// <param name="time">The clock.</param>
internal sealed class DoctorCommand(MountRequest request, TextWriter output, TimeProvider time)
{
    private static readonly Argument<string[]> Operands = new("SOURCE") { Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Json = Flag("--json", "for programs");
    private static readonly Option<bool> Offline = Flag("--offline", "leave the network alone");

    /// <summary>The command.</summary>
    public static Command Grammar() => Commands.Grammar.Command(
        "doctor",
        "look whether all is there that a mount needs",
        new HelpPage(
            ["btfs doctor [options] [SOURCE]"],
            """
            Looks whether everything is there that a mount needs, and says what to do where
            it is not. With a SOURCE its trackers are asked, too.
            """,
            new OptionGroup("options", Json, Offline, MountOptions.DataDirectory, MountOptions.Cache, MountOptions.CacheSize, MountOptions.CacheMinFree, MountOptions.NoConfig),
            MountOptions.Network)
        {
            Notes = "exit codes: 0 fine, or only warnings; 2 something prevents mounting",
        },
        Operands,
        line =>
        {
            var source = SourceOf(line.GetValue(Operands) ?? []);
            var request = MountRequestReader.Read(line, source ?? "", "/");
            return new DoctorCommand(request, Console.Out, TimeProvider.System).RunAsync(source, line.GetValue(Json), line.GetValue(Offline));
        });

    private static string? SourceOf(string[] operands) => operands switch
    {
        _ when StrayOption.In(operands) is { } stray => throw stray,
        [] => null,
        [var source] => source,
        [_, var extra, ..] => throw new CommandException(ExitCode.Usage, extra, "one operand too many", "It is btfs doctor [SOURCE]; quote names with spaces."),
    };

    private async Task<ExitCode> RunAsync(string? source, bool json, bool offline)
    {
        using var signals = new StopSignals();
        var all = new List<Check>();
        await foreach (var check in ChecksAsync(source, offline, signals.Stop))
        {
            all.Add(check);
            if (!json)
            {
                output.WriteLine(DoctorReport.Line(check));
                output.Flush();
            }
        }

        if (json)
        {
            output.WriteLine(DoctorReport.Json(all));
        }

        return all.Exists(check => check.Verdict == Verdict.Problem) ? ExitCode.System : ExitCode.Ok;
    }

    private async IAsyncEnumerable<Check> ChecksAsync(string? source, bool offline, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var check in new SystemChecks("/", LibC.UserId == 0, Environment.GetEnvironmentVariable("PATH") ?? "").All())
        {
            yield return check;
        }

        yield return await MountChecks.LookAsync(time);
        foreach (var check in CacheChecksOf())
        {
            yield return check;
        }

        yield return ClockCheck.Of(time.GetUtcNow(), Environment.ProcessPath is { } program ? File.GetLastWriteTimeUtc(program) : DateTimeOffset.UnixEpoch);
        if (offline)
        {
            yield break;
        }

        var network = request.Network.WithFilter(request.IpFilter);
        if (await TroubleOfAsync(network, cancel) is { } trouble)
        {
            yield return trouble;
            yield break;
        }

        foreach (var asked in new NetworkChecks(request, network, time, Random.Shared).All(source, cancel))
        {
            foreach (var check in await asked)
            {
                yield return check;
            }
        }
    }

    private IEnumerable<Check> CacheChecksOf()
    {
        if (request.Cache.IsInMemory)
        {
            return [Check.Ok("cache", $"in memory, {CacheListing.Size(request.Cache.MemoryBytes)}")];
        }

        try
        {
            var place = CachePlace.Find(request.DataDirectory, Environment.GetEnvironmentVariable, LibC.UserId);
            return [CacheChecks.Of(place, CacheProbe.Look(place), request.Cache), CacheChecks.LeftIn(new CacheDirectory(place).List())];
        }
        catch (CommandException e)
        {
            return [Check.Problem("cache", e.Message, e.Remedy ?? "Name a place: --data-directory=DIR")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Check.Problem("cache", e.Message, "Choose another place with --data-directory=DIR.")];
        }
    }

    private async Task<Check?> TroubleOfAsync(NetworkOptions network, CancellationToken cancel)
    {
        try
        {
            await TorrentEngine.CheckNetworkAsync(network, time, cancel);
            return null;
        }
        catch (NetworkException e)
        {
            return Check.Problem("network", e.Message, network.Proxy is null ? "Look at --bind." : "Look at --proxy: is the proxy running?");
        }
    }
}
