using BtFs.Engine;
using BtFs.Fuse.Mounting;
using BtFs.Mount;
using BtFs.Running;

namespace BtFs.Playing;

/// <summary>What a torrent is mounted for when it is to be played: chooses the files, starts the player, and is over when the player is.</summary>
/// <param name="wish">What is to be played.</param>
/// <param name="player">By what; null for a list only.</param>
/// <param name="audience">Hears how it goes.</param>
/// <param name="output">Takes the list.</param>
/// <param name="time">The clock.</param>
internal sealed class Playback(PlayWish wish, PlayerProgram? player, IStatusAudience audience, TextWriter output, TimeProvider time)
{
    /// <summary>How often it is looked whether the files are still open that a player has handed over to another.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Until whom they were handed over to has opened them.</summary>
    private static readonly TimeSpan HandingOver = TimeSpan.FromSeconds(3);

    private IReadOnlyList<MediaFile> _files = [];

    /// <summary>How the player ended.</summary>
    public ExitCode Outcome { get; private set; } = ExitCode.Ok;

    /// <summary>Chooses, before anything is mounted.</summary>
    /// <param name="tree">What there is.</param>
    /// <returns>Whether anything is to be played.</returns>
    /// <exception cref="CommandException">There is nothing to be played.</exception>
    public bool Choose(FileTree tree)
    {
        var list = MediaList.Of(tree.Files);
        _files = wish.Pattern is { } pattern ? MediaChoice.Named(list, pattern) : MediaChoice.Usual(list);
        if (list.Files.Count == 0)
        {
            throw new CommandException(ExitCode.Source, "play", "there is neither film nor music in this torrent", "Mount it to look at what it has: btfs SOURCE DIRECTORY");
        }

        if (_files.Count == 0)
        {
            throw new CommandException(
                ExitCode.Usage, $"--file={wish.Pattern}", $"is none of the {list.Files.Count} files to play", "--list shows them, with numbers.");
        }

        if (player is null)
        {
            audience.EndProgress();
            output.Write(MediaTable.Of(list, _files));
        }

        return player is not null;
    }

    /// <summary>Plays, and returns when the player has ended, or has been ended because a signal came or the mount went away.</summary>
    /// <exception cref="OperationCanceledException">Stopped before the player started.</exception>
    public async Task RunAsync(Torrent torrent, ITorrentContent content, FuseMount mount, StopSignals signals)
    {
        await new HeadStart(torrent, content, audience, time).WaitAsync(_files[0], signals.Stop);
        audience.Ready($"{_files[0].Name}{(_files.Count > 1 ? $" and {_files.Count - 1} more" : "")}: {player!.Name}");
        foreach (var arguments in player.RunsFor(_files, mount.Directory))
        {
            using var process = PlayerProcess.Start(player, arguments, wish.Folder, time);
            await Task.WhenAny(process.Ended, signals.Stopped, mount.Completion, torrent.Completion);
            if (!process.Ended.IsCompleted)
            {
                // A player that waits for bytes could not end.
                torrent.FailReads();
                await process.EndAsync(signals.Insisted);
            }

            Outcome = (ExitCode)process.ExitCode;
            if (Outcome != ExitCode.Ok || signals.Stop.IsCancellationRequested || mount.Completion.IsCompleted)
            {
                return;
            }
        }

        await WhileOpenAsync(mount, signals);
    }

    /// <summary>Some players hand the files to a window that is open already, and end.</summary>
    private async Task WhileOpenAsync(FuseMount mount, StopSignals signals)
    {
        if (player!.HandsOver)
        {
            await Task.WhenAny(signals.Stopped, mount.Completion, Task.Delay(HandingOver, time, CancellationToken.None));
        }

        while (!signals.Stop.IsCancellationRequested && await mount.UnmountAsync(UnmountMode.Polite) == UnmountResult.Busy)
        {
            audience.Progress("the files are still open; Ctrl-C ends it");
            await Task.WhenAny(signals.Stopped, mount.Completion, Task.Delay(LookPeriod, time, CancellationToken.None));
        }
    }
}
