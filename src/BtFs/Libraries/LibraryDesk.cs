using BtFs.Engine.Discovery;
using BtFs.Mount;
using BtFs.Protocol.Metainfo;
using BtFs.Sources;
using Microsoft.Extensions.Logging;

namespace BtFs.Libraries;

/// <summary>Takes the wishes of those who use the mount to the keeper, and brings back what came of them.</summary>
/// <remarks>Asked on the threads that read the kernel's requests, which must not wait: everything goes on elsewhere.</remarks>
internal sealed class LibraryDesk(LibraryKeeper keeper, LibrarySources sources, ILogger log) : ILibraryKeeper
{
    /// <inheritdoc/>
    public Task<string?> TakeAsync(string name, ReadOnlyMemory<byte> torrent) => Task.Run(async () =>
    {
        try
        {
            await AddAsync(name, torrent.ToArray());
            return null;
        }
        catch (CommandException e)
        {
            return e.Reason;
        }
    });

    /// <inheritdoc/>
    public void Refuse(string name, string reason) => LibraryLog.Refused(log, name, reason);

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string name) => Task.Run(async () => await keeper.RemoveAsync(name, deleteCache: false) is not null);

    /// <inheritdoc/>
    public Task<LibraryAnswer> AnswerAsync(ReadOnlyMemory<byte> request) => Task.Run(async () =>
    {
        try
        {
            return (await ReplyAsync(ControlRequest.TryRead(request))).ToAnswer();
        }
        catch (CommandException e)
        {
            return ControlReply.Failed(e.Code, e.Reason).ToAnswer();
        }
        catch (TorrentDownloadException e)
        {
            return ControlReply.Failed(ExitCode.Source, e.Message).ToAnswer();
        }
    });

    private async Task<ControlReply> ReplyAsync(ControlRequest? request) => request?.Verb switch
    {
        ControlVerb.Add when !IsNamed(request.Operand) => ControlReply.Failed(
            ExitCode.Usage, "neither a magnet link, a URL nor an infohash; send a .torrent's bytes behind the word torrent"),
        ControlVerb.Add => ReplyOf(await keeper.AddAsync(request.Operand)),
        ControlVerb.Torrent => ReplyOf(await AddAsync("torrent", request.Torrent)),
        ControlVerb.Remove => await RemoveAsync(request.Operand, deleteCache: false),
        ControlVerb.Delete => await RemoveAsync(request.Operand, deleteCache: true),
        _ => ControlReply.Failed(ExitCode.Usage, "a request is: add SOURCE, torrent and its bytes on the next line, remove NAME, or delete NAME"),
    };

    private async Task<ControlReply> RemoveAsync(string which, bool deleteCache) => await keeper.RemoveAsync(which, deleteCache) is { } removed
        ? ControlReply.Done(removed)
        : ControlReply.Failed(ExitCode.Usage, "no such torrent in this library");

    private async Task<LibraryMember> AddAsync(string subject, ReadOnlyMemory<byte> torrent) =>
        await keeper.AddAsync(await sources.OfTorrentAsync(subject, torrent, keeper.Stopped), formerName: null, remember: true);

    /// <summary>Not by a path: ours begin elsewhere than those of whoever asks.</summary>
    private static bool IsNamed(string source) => SourceReader.IsMagnet(source) || SourceReader.IsUrl(source) || MagnetLink.TryParseInfoHash(source, out _);

    private static ControlReply ReplyOf(LibraryMember member) =>
        member.Name is { } name ? ControlReply.Done(name) : ControlReply.Pending(member.Document.Source.InfoHash.ToString());
}
