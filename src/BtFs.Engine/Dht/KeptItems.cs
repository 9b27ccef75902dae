using System.Security.Cryptography;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>Immutable values kept for others under their SHA-1 (BEP 44).</summary>
/// <remarks>Mutable ones are not kept: they need ed25519, which .NET does not have, and a value whose signature is not checked may be anybody's.</remarks>
internal sealed class KeptItems
{
    private readonly Dictionary<NodeId, (ReadOnlyMemory<byte> Value, TimeSpan At)> _items = [];

    /// <summary>The place of a value.</summary>
    internal static NodeId PlaceOf(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[NodeId.Size];
        SHA1.HashData(value, hash);
        return new NodeId(hash);
    }

    /// <summary>Keeps a value for two hours. Where there are too many, the oldest goes.</summary>
    internal void Add(ReadOnlyMemory<byte> value, TimeSpan now)
    {
        var place = PlaceOf(value.Span);
        if (_items.Count >= DhtLimits.Items && !_items.ContainsKey(place))
        {
            _items.Remove(_items.MinBy(pair => pair.Value.At).Key);
        }

        // The packet that it came in is not kept for it.
        _items[place] = (value.ToArray(), now);
    }

    /// <summary>The value at a place; null where there is none.</summary>
    internal ReadOnlyMemory<byte>? Find(in NodeId place, TimeSpan now) =>
        _items.TryGetValue(place, out var item) && now - item.At <= DhtLimits.ItemLife ? item.Value : default(ReadOnlyMemory<byte>?);

    /// <summary>Forgets what is older than two hours. To be called now and then.</summary>
    internal void Expire(TimeSpan now)
    {
        foreach (var old in _items.Where(pair => now - pair.Value.At > DhtLimits.ItemLife).Select(pair => pair.Key).ToList())
        {
            _items.Remove(old);
        }
    }
}
