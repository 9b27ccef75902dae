using System.Buffers;
using System.Net;
using BtFs.Engine.Dht;
using BtFs.Protocol.Dht;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Dht;

/// <summary>One node of ours, whose packets the test reads and writes by hand.</summary>
internal sealed class DhtBench : IDhtWire
{
    private readonly List<(byte[] Packet, IPEndPoint To)> _sent = [];

    internal DhtBench(DhtFamilies families = DhtFamilies.IPv4, params IPAddress[] external) =>
        Node = new DhtNode(this, families, external, Time, Random, NullLogger.Instance);

    internal ManualTimeProvider Time { get; } = new();

    internal Random Random { get; } = new(1);

    internal DhtNode Node { get; }

    internal DhtSide IPv4 => Node.SideOf(DhtFamilies.IPv4)!;

    /// <summary>All that was sent since the last look.</summary>
    internal List<(KrpcMessage Message, IPEndPoint To, int Bytes)> Take()
    {
        var taken = _sent.Select(sent =>
        {
            Assert.True(KrpcReader.TryRead(sent.Packet, out var message));
            return (message, sent.To, sent.Packet.Length);
        }).ToList();
        _sent.Clear();
        return taken;
    }

    /// <summary>The queries among them.</summary>
    internal List<(KrpcMessage.Query Query, IPEndPoint To)> TakeQueries() =>
        [.. Take().Where(sent => sent.Message is KrpcMessage.Query).Select(sent => ((KrpcMessage.Query)sent.Message, sent.To))];

    internal int Receive(KrpcMessage message, IPEndPoint from)
    {
        var output = new ArrayBufferWriter<byte>();
        KrpcWriter.Write(output, message);
        Node.Handle(new DhtEvent.PacketReceived(output.WrittenSpan.ToArray(), from));
        return output.WrittenCount;
    }

    /// <summary>Asks our node something, and returns what it answers; null for nothing.</summary>
    internal (KrpcMessage Message, int Bytes, int AskedBytes)? Ask(DhtQuery query, IPEndPoint from, NodeId? sender = null)
    {
        Take();
        var asked = Receive(new KrpcMessage.Query("ab"u8.ToArray(), sender ?? NodeId.Any(Random), query) { IsReadOnly = true }, from);
        return Take() is [var answer, ..] ? (answer.Message, answer.Bytes, asked) : null;
    }

    /// <summary>The same, as it is on the wire.</summary>
    internal KrpcMessage? Ask(string packet, IPEndPoint from)
    {
        Take();
        Node.Handle(new DhtEvent.PacketReceived(System.Text.Encoding.Latin1.GetBytes(packet), from));
        return Take() is [var answer, ..] ? answer.Message : null;
    }

    internal DhtReply Answer(DhtQuery query, IPEndPoint from) => Assert.IsType<KrpcMessage.Reply>(Ask(query, from)!.Value.Message).Answer;

    /// <summary>Lets time pass with ticks.</summary>
    internal void Run(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero;)
        {
            var step = left < Node.Pace ? left : Node.Pace;
            Time.Advance(step);
            left -= step;
            Node.Handle(new DhtEvent.Tick());
        }
    }

    /// <summary>Fills the table with nodes that answered.</summary>
    internal List<NodeContact> Know(int count)
    {
        var nodes = new List<NodeContact>();
        for (var i = 0; i < count; i++)
        {
            var address = new IPAddress([(byte)(20 + (i / 250)), (byte)(i % 250), 1, 1]);
            var contact = new NodeContact(SecureNodeId.For(address, Random), new IPEndPoint(address, 6881));
            IPv4.Table.Answered(contact, TimeSpan.Zero);
            nodes.Add(contact);
        }

        return nodes;
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> packet, IPEndPoint to) => _sent.Add((packet.ToArray(), to));
}
