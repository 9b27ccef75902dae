using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Requests;

/// <summary>Requests that change the file system. Each returns an error to reply, or <see langword="null"/> if it has replied or will.</summary>
internal sealed class ChangeRequests(FuseFileSystem fileSystem, ReplySender sender, LateAnswers late)
{
    private const uint PermissionBits = 0xfff;

    public Errno? Create(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out CreateIn what) & request.TryTakeName(out var name));
        if (name.Length > DirectoryWriter.MaxNameLength)
        {
            return Errno.ENAMETOOLONG;
        }

        var permissions = (ushort)(what.Mode & PermissionBits);
        var error = fileSystem.Create(request.Caller, request.Node, name, permissions, out var entry, out var opened);
        if (error != Errno.None)
        {
            return error;
        }

        sender.Value(request.Header.Unique, new CreateOut { Entry = EntryOut.From(entry), Open = OpenOut.From(opened) });
        return null;
    }

    public Errno? Write(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out WriteIn what) && what.Offset <= long.MaxValue - uint.MaxValue);
        var bytes = request.TakeRest();
        MalformedRequestException.ThrowUnless(bytes.Length == what.Size);
        var error = fileSystem.Write(new WriteArguments(request.Caller, request.Node, what.Handle, (long)what.Offset), bytes);
        if (error != Errno.None)
        {
            return error;
        }

        sender.Value(request.Header.Unique, new WriteOut { Size = what.Size });
        return null;
    }

    public Errno? SetAttributes(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out SetAttributesIn what) && what.Size <= long.MaxValue);
        var error = fileSystem.SetAttributes(request.Caller, request.Node, what.ToChange(), out var attributes);
        if (error != Errno.None)
        {
            return error;
        }

        sender.Value(request.Header.Unique, AttributesOut.From(attributes));
        return null;
    }

    public Errno? RemoveFile(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTakeName(out var name));
        return fileSystem.RemoveFile(request.Caller, request.Node, name);
    }

    public Errno? RemoveDirectory(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTakeName(out var name));
        return late.Answer(request.Header.Unique, fileSystem.RemoveDirectoryAsync(request.Caller, request.Node, name.ToArray()));
    }

    public Errno? Rename(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out RenameIn what));
        return Rename(ref request, new NodeId(what.NewParent), mayReplace: true);
    }

    public Errno? Rename2(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out Rename2In what));
        return (what.Flags & ~Rename2In.NoReplace) != 0 ? Errno.EINVAL : Rename(ref request, new NodeId(what.NewParent), what.Flags == 0);
    }

    private Errno? Rename(ref FuseRequest request, NodeId newParent, bool mayReplace)
    {
        MalformedRequestException.ThrowUnless(request.TryTakeName(out var name) & request.TryTakeName(out var newName));
        if (newName.Length > DirectoryWriter.MaxNameLength)
        {
            return Errno.ENAMETOOLONG;
        }

        var renaming = new Renaming(request.Caller, request.Node, name.ToArray(), newParent, newName.ToArray(), mayReplace);
        return late.Answer(request.Header.Unique, fileSystem.RenameAsync(renaming));
    }
}
