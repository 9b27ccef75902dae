using System.CommandLine;
using BtFs.Engine;
using BtFs.Mount;
using BtFs.Protocol.Metainfo;
using BtFs.Running;
using BtFs.Sources;
using static BtFs.Commands.OptionDraft;

namespace BtFs.Commands;

/// <summary><c>btfs list SOURCE</c>: shows what is in a torrent, and mounts nothing.</summary>
/// <param name="audience">Hears how a magnet link goes.</param>
/// <param name="output">Takes the list.</param>
/// <param name="time">The clock.</param>
internal sealed class ListCommand(IStatusAudience audience, TextWriter output, TimeProvider time)
{
    private static readonly Argument<string[]> Operands = new("SOURCE") { Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Json = Flag("--json", "for programs");
    private static readonly Option<bool> Long = Flag("--long", "exact sizes, numbers of files, hosts of trackers", "-l");

    /// <summary>The command.</summary>
    public static Command Grammar(IStatusAudience audience) => Commands.Grammar.Command(
        "list",
        "show what is in a SOURCE",
        new HelpPage(
            ["btfs list [options] SOURCE"],
            """
            Shows names and sizes of what is in a torrent, without mounting it. A magnet
            link is asked of the swarm, as for a mount.
            """,
            new OptionGroup("options", Json, Long, MountOptions.MetadataTimeout, MountOptions.DataDirectory, MountOptions.Debug, MountOptions.Verbose, MountOptions.Quiet, MountOptions.NoConfig),
            MountOptions.Network),
        Operands,
        line => new ListCommand(audience, Console.Out, TimeProvider.System).RunAsync(
            MountRequestReader.Read(line, SourceOf(line.GetValue(Operands) ?? []), "/"), line.GetValue(Json), line.GetValue(Long)));

    private static string SourceOf(string[] operands) => operands switch
    {
        _ when StrayOption.In(operands) is { } stray => throw stray,
        [] or [""] => throw new CommandException(ExitCode.Usage, "SOURCE", "missing: name a .torrent file, a magnet link, a URL or an infohash", "It is btfs list SOURCE."),
        [var source] => source,
        [_, var extra, ..] => throw new CommandException(ExitCode.Usage, extra, "one operand too many", "It is btfs list SOURCE; quote names with spaces."),
    };

    private async Task<ExitCode> RunAsync(MountRequest request, bool json, bool isLong)
    {
        using var signals = new StopSignals();
        using var logs = SessionLogs.Create(TextLogLines.OnStandardError(time), request.Detail);
        var listener = request.Quiet ? new QuietAudience(audience) : audience;
        var network = await NetworkStart.PrepareAsync(request.Network, request.IpFilter, logs, time, signals.Stop);
        var lookup = new PeerLookup(mayAsk: network.Proxy is null);
        var source = await SourceReader.ReadAsync(request.Source, lookup, network, time, signals.Stop);
        var info = source.Info;
        if (info is null)
        {
            var byHand = await Task.WhenAll(request.Peers.Select(peer => lookup.ResolveAsync(peer, signals.Stop)));
            source = source with { Peers = [.. byHand.SelectMany(addresses => addresses), .. source.Peers] };
            var place = request.DataDirectory ?? CachePlace.Try(Environment.GetEnvironmentVariable, LibC.UserId);
            var options = request.EngineOptionsWith(request.Cache.IsInMemory ? null : place) with { Network = network };
            var engine = TorrentEngine.Start(options, time, Random.Shared, logs);
            var torrent = engine.Add(source);
            await using var goodbye = new Goodbye(engine, signals.Insisted, time);
            var content = await MetadataWait.ContentOfAsync(torrent, source, SourceReader.SubjectOf(request.Source), request.MetadataTimeout, listener, time, signals.Stop);
            info = content.Info;
        }

        var listing = new SourceListing(source, info, TreeOf(info, source.Selected, request.Source));
        listener.EndProgress();
        output.Write(json ? listing.Json() : listing.Text(isLong));
        return ExitCode.Ok;
    }

    private static FileTree TreeOf(InfoDictionary info, IReadOnlyList<FileRange> selected, string source)
    {
        if (!info.HasV1)
        {
            throw SourceReader.OnlyV2(SourceReader.SubjectOf(source));
        }

        try
        {
            return FileTree.Of(info, selected: selected);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(ExitCode.Source, SourceReader.SubjectOf(source), $"the torrent cannot be shown: {e.Message}");
        }
    }
}
