using System.CommandLine;
using BtFs.Libraries;
using BtFs.Protocol.Metainfo;
using BtFs.Running;
using BtFs.Sources;

namespace BtFs.Commands;

/// <summary><c>btfs add SOURCE MOUNTPOINT</c>: puts a torrent into a mounted library, and prints its folder.</summary>
/// <param name="output">Takes the folder's path.</param>
/// <param name="audience">Hears what there is to wait for.</param>
internal sealed class AddCommand(TextWriter output, IStatusAudience audience)
{
    private static readonly Argument<string[]> Operands = new("SOURCE MOUNTPOINT") { Arity = ArgumentArity.ZeroOrMore };

    private static readonly HelpPage Page = new(
        ["btfs add SOURCE MOUNTPOINT"],
        """
        Adds a torrent to the library that is mounted at MOUNTPOINT, and prints the
        path of its folder. SOURCE is a .torrent file, a magnet link (in quotes), an
        http(s) URL of a .torrent, or an infohash.
        """)
    {
        Notes = "exit codes: 0 added; 1 usage; 3 bad source; 4 no library is mounted there",
    };

    /// <summary>The command.</summary>
    public static Command Grammar(IStatusAudience audience) => Commands.Grammar.Command(
        "add", "add a torrent to a mounted library", Page, Operands, line => new AddCommand(Console.Out, audience).RunAsync(line.GetValue(Operands) ?? []));

    /// <exception cref="CommandException">It cannot be added.</exception>
    public async Task<ExitCode> RunAsync(string[] operands)
    {
        var (source, mountPoint) = operands switch
        {
            _ when StrayOption.In(operands) is { } stray => throw stray,
            [var one, var place] => (one, Path.GetFullPath(place)),
            _ => throw new CommandException(ExitCode.Usage, "add", "needs a SOURCE and a MOUNTPOINT", "It is btfs add SOURCE MOUNTPOINT; quote magnet links."),
        };
        var reply = await ControlClient.AskAsync(mountPoint, await RequestAsync(source), source);
        if (reply.Kind == ControlOutcome.Pending)
        {
            audience.Ready($"the torrent is looked for; its folder appears in {mountPoint} when a peer has told what is in it");
        }
        else
        {
            output.WriteLine(CleanText.Line(Path.Combine(mountPoint, reply.Text)));
        }

        return ExitCode.Ok;
    }

    /// <summary>Who serves the mount has another directory, and may not read all that we may: files are read here.</summary>
    private static async Task<ControlRequest> RequestAsync(string source)
    {
        var isName = SourceReader.IsMagnet(source) || SourceReader.IsUrl(source) || (!File.Exists(source) && MagnetLink.TryParseInfoHash(source, out _));
        if (isName)
        {
            return new ControlRequest(ControlVerb.Add, source, default);
        }

        // Told here already what is wrong with it, as btfs SOURCE MOUNTPOINT does.
        var torrent = await TorrentPath.ReadAsync(source, CancellationToken.None);
        SourceReader.OfTorrent(source, torrent);
        return new ControlRequest(ControlVerb.Torrent, "", torrent);
    }
}
