using System.Net;
using BtFs.Engine.Dht;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Tests.Dht;

public sealed class SavedNodesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-dht-").FullName;

    private string File => Path.Combine(_folder, "cache", "dht");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_written_is_read_back_and_nobody_else_may_look_at_it()
    {
        var saved = Some(nodes: 50);
        await saved.SaveAsync(File);

        var read = await SavedNodes.LoadAsync(File);

        Assert.Equal(saved.Nodes.OrderBy(node => node.Id.ToString()), read.Nodes.OrderBy(node => node.Id.ToString()));
        Assert.Equal(saved.External, read.External);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_file_that_is_missing_is_a_start_with_nothing() => Assert.Same(SavedNodes.None, await SavedNodes.LoadAsync(File));

    [Fact]
    public void A_damaged_file_costs_nodes_and_nothing_else()
    {
        var good = Some(nodes: 20).ToBytes();
        var random = new Random(3);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = good.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            Assert.InRange(SavedNodes.Read(bytes.AsMemory(0, random.Next(2) == 0 ? bytes.Length : random.Next(bytes.Length))).Nodes.Count, 0, 2 * DhtLimits.SavedNodes);
        }
    }

    private static SavedNodes Some(int nodes)
    {
        var random = new Random(1);
        return new SavedNodes(
            [.. Enumerable.Range(0, nodes).Select(i => new NodeContact(
                NodeId.Any(random), new IPEndPoint(i % 2 == 0 ? new IPAddress([20, 1, (byte)i, 1]) : IPAddress.Parse($"2001:db8::{i}"), 6881)))],
            [IPAddress.Parse("198.51.100.7"), IPAddress.Parse("2001:db8::7")]);
    }
}
