using BtFs.Engine.Seeding;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Seeding;

public sealed class FoundFilesTests : IAsyncLifetime, IDisposable
{
    private readonly SourceFolder _folder = new();
    private InfoDictionary _info = null!;

    public async Task InitializeAsync()
    {
        _folder.Write("a", 1000);
        _folder.Write("b/c", 2000);
        var torrent = await TorrentCreator.CreateAsync(_folder.Root, new CreationOptions { PieceLength = 32 << 10 }, null, CancellationToken.None);
        _info = torrent.Metainfo.Info;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_torrents_own_folder_and_the_folder_above_it_both_lead_to_the_files()
    {
        string[] expected = [_folder["a"], _folder["b/c"]];
        Assert.Equal(expected, FoundFiles.Below(_folder.Root, _info).Select(file => file.Path));
        Assert.Equal(expected, FoundFiles.Below(Path.GetDirectoryName(_folder.Root)!, _info).Select(file => file.Path));
    }

    [Theory]
    [InlineData(".part")]
    [InlineData(".!qB")]
    [InlineData(".!ut")]
    public void A_file_that_its_client_has_not_finished_is_found_by_its_other_name(string ending)
    {
        File.Move(_folder["b/c"], _folder["b/c" + ending]);
        Assert.Equal([_folder["a"], _folder["b/c" + ending]], FoundFiles.Below(_folder.Root, _info).Select(file => file.Path));
    }

    [Fact]
    public void What_is_not_there_is_missing()
    {
        File.Delete(_folder["a"]);
        Assert.Equal([null, _folder["b/c"]], FoundFiles.Below(_folder.Root, _info).Select(file => file.Path));
    }

    [Fact]
    public void A_name_that_leads_out_of_the_folder_is_not_followed()
    {
        var outside = Path.Combine(Path.GetDirectoryName(_folder.Root)!, "outside");
        File.WriteAllText(outside, "secret");
        var hostile = TorrentOf.Folder("album", TorrentFile.At("../outside", 6), TorrentFile.At("b/../../outside", 6), TorrentFile.At("a", 1000));

        Assert.Equal([null, null, _folder["a"]], FoundFiles.Below(_folder.Root, hostile).Select(file => file.Path));
    }

    [Fact]
    public async Task A_lone_file_may_be_named_itself_under_any_name()
    {
        var renamed = _folder["renamed.mkv"];
        File.Move(_folder["a"], renamed);
        var torrent = await TorrentCreator.CreateAsync(renamed, new CreationOptions { PieceLength = 32 << 10 }, null, CancellationToken.None);
        var moved = _folder["other"];
        File.Move(renamed, moved);

        Assert.Equal(moved, Assert.Single(FoundFiles.Below(moved, torrent.Metainfo.Info)).Path);
    }
}
