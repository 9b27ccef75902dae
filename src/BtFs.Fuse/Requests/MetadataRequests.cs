using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Requests;

/// <summary>Requests about names and nodes. Each returns an error to reply, or <see langword="null"/> if it has replied.</summary>
internal sealed class MetadataRequests(FuseFileSystem fileSystem, ReplySender sender)
{
    public Errno? Lookup(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTakeName(out var name));
        if (name.Length > DirectoryWriter.MaxNameLength)
        {
            return Errno.ENAMETOOLONG;
        }

        var error = fileSystem.Lookup(request.Caller, request.Node, name, out var entry);
        if (error == Errno.None)
        {
            sender.Value(request.Header.Unique, EntryOut.From(entry));
        }

        return Unsent(error);
    }

    public Errno? GetAttributes(ref FuseRequest request)
    {
        var error = fileSystem.GetAttributes(request.Caller, request.Node, out var attributes);
        if (error == Errno.None)
        {
            sender.Value(request.Header.Unique, AttributesOut.From(attributes));
        }

        return Unsent(error);
    }

    public Errno? ReadLink(ref FuseRequest request)
    {
        var error = fileSystem.ReadLink(request.Caller, request.Node, out var target);
        if (error == Errno.None)
        {
            sender.Bytes(request.Header.Unique, target);
        }

        return Unsent(error);
    }

    public Errno? GetStatistics(ref FuseRequest request)
    {
        var error = fileSystem.GetStatistics(request.Caller, out var statistics);
        if (error == Errno.None)
        {
            sender.Value(request.Header.Unique, StatisticsOut.From(statistics));
        }

        return Unsent(error);
    }

    public Errno? OpenDirectory(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out OpenIn _));
        var error = fileSystem.OpenDirectory(request.Caller, request.Node, out var keepsListing);
        if (error == Errno.None)
        {
            sender.Value(request.Header.Unique, new OpenOut { OpenFlags = keepsListing ? OpenOut.KeepCache | OpenOut.CacheDirectory : 0 });
        }

        return Unsent(error);
    }

    public Errno? ReadDirectory(ref FuseRequest request, Scratch scratch, bool withAttributes)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out ReadIn what));
        var room = (int)Math.Min(what.Size, (uint)scratch.Listing.Length);
        var writer = new DirectoryWriter(scratch.Listing.AsSpan(0, room), withAttributes);
        var error = fileSystem.ReadDirectory(request.Caller, request.Node, what.Offset, ref writer);
        if (error != Errno.None)
        {
            return error;
        }

        if (writer.Written == 0 && writer.IsFull)
        {
            // An empty reply would say that the directory ends here.
            return Errno.EINVAL;
        }

        sender.Bytes(request.Header.Unique, scratch.Listing.AsSpan(0, writer.Written));
        return null;
    }

    public Errno? GetExtendedAttribute(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out ExtendedAttributeIn what) & request.TryTakeName(out var name));
        var error = fileSystem.GetExtendedAttribute(request.Caller, request.Node, name, out var value);
        return error == Errno.None ? SendExtended(request.Header.Unique, what.Size, value) : error;
    }

    public Errno? ListExtendedAttributes(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out ExtendedAttributeIn what));
        var error = fileSystem.ListExtendedAttributes(request.Caller, request.Node, out var names);
        return error == Errno.None ? SendExtended(request.Header.Unique, what.Size, names) : error;
    }

    public Errno? Forget(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out ForgetIn what));
        fileSystem.Forget(request.Node, what.Lookups);
        return null;
    }

    public Errno? BatchForget(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out BatchForgetIn batch));
        for (var i = 0u; i < batch.Count; i++)
        {
            MalformedRequestException.ThrowUnless(request.TryTake(out ForgetOne one));
            fileSystem.Forget(new NodeId(one.Node), one.Lookups);
        }

        return null;
    }

    private static Errno? Unsent(Errno error) => error == Errno.None ? null : error;

    /// <summary>The two-step dance of getxattr(2): first how long, then the bytes.</summary>
    private Errno? SendExtended(ulong unique, uint room, ReadOnlySpan<byte> bytes)
    {
        if (room == 0)
        {
            sender.Value(unique, new ExtendedAttributeOut { Size = (uint)bytes.Length });
        }
        else if (bytes.Length > room)
        {
            return Errno.ERANGE;
        }
        else
        {
            sender.Bytes(unique, bytes);
        }

        return null;
    }
}
