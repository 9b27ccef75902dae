using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Requests;

/// <summary>One request, still in the reader's buffer: its header, and what follows, taken off the front piece by piece. Pure.</summary>
internal ref struct FuseRequest
{
    private ReadOnlySpan<byte> _rest;

    private FuseRequest(RequestHeader header, ReadOnlySpan<byte> rest)
    {
        Header = header;
        _rest = rest;
    }

    public RequestHeader Header { get; }

    public readonly NodeId Node => new(Header.Node);

    public readonly Caller Caller => new(Header.UserId, Header.GroupId, Header.ThreadId);

    /// <summary>Takes what one read of the device returned.</summary>
    /// <returns><see langword="false"/> if it is shorter than a header or not as long as its header says: there is nobody to answer.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out FuseRequest request)
    {
        request = default;
        if (!MemoryMarshal.TryRead(message, out RequestHeader header) || header.Length != message.Length)
        {
            return false;
        }

        request = new FuseRequest(header, message[Unsafe.SizeOf<RequestHeader>()..]);
        return true;
    }

    /// <summary>Takes a structure; <see langword="false"/> if the request is too short for it.</summary>
    public bool TryTake<T>(out T value)
        where T : unmanaged
    {
        if (!MemoryMarshal.TryRead(_rest, out value))
        {
            return false;
        }

        _rest = _rest[Unsafe.SizeOf<T>()..];
        return true;
    }

    /// <summary>Takes everything that is left.</summary>
    public ReadOnlySpan<byte> TakeRest()
    {
        var rest = _rest;
        _rest = default;
        return rest;
    }

    /// <summary>Takes a name that ends in a zero byte; <see langword="false"/> if it is empty or does not end.</summary>
    public bool TryTakeName(out ReadOnlySpan<byte> name)
    {
        var length = _rest.IndexOf((byte)0);
        name = length > 0 ? _rest[..length] : default;
        if (length <= 0)
        {
            return false;
        }

        _rest = _rest[(length + 1)..];
        return true;
    }
}
