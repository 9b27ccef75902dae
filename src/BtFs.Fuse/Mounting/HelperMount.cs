using BtFs.Fuse.Abi;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Fuse.Mounting;

/// <summary>Mounting and unmounting through <c>fusermount3</c>.</summary>
internal static unsafe class HelperMount
{
    /// <summary>Has the helper open the device, mount it, and pass it back over a socket.</summary>
    /// <exception cref="MountException">It would not.</exception>
    public static SafeFileHandle Mount(MountPoint at, FuseMountOptions options)
    {
        var ends = stackalloc int[2];
        if (Libc.SocketPair(Libc.UnixSockets, Libc.StreamSocket | Libc.CloseOnExec, 0, ends) < 0)
        {
            throw new MountException(MountFailure.NoHelper, $"No socket for the helper ({Libc.LastError}).", "Raise the limit of open files: ulimit -n.");
        }

        using var ours = new SafeFileHandle(ends[0], ownsHandle: true);
        HelperProcess helper;
        using (var theirs = new SafeFileHandle(ends[1], ownsHandle: true))
        {
            helper = HelperProcess.Start(["-o", OptionText.ForHelper(options), "--", at.Path], theirs);
        }

        using (helper)
        {
            var device = Receive(ends[0]);
            var (_, words) = helper.WaitForEnd();
            return device ?? throw Refusal(words, at);
        }
    }

    /// <summary>Takes a mount away.</summary>
    /// <returns>Whether the helper did it; not if somebody uses the mount, it belongs to another user, or there is no helper.</returns>
    public static bool TryUnmount(string path, bool lazily) => TryUnmount(path, lazily, out _);

    /// <inheritdoc cref="TryUnmount(string, bool)"/>
    /// <param name="path">Where.</param>
    /// <param name="lazily">Whether it may be in use.</param>
    /// <param name="words">What the helper said; empty where there is no helper.</param>
    public static bool TryUnmount(string path, bool lazily, out string words)
    {
        words = "";
        try
        {
            using var helper = HelperProcess.Start(lazily ? ["-u", "-z", "--", path] : ["-u", "--", path], socket: null);
            (var succeeded, words) = helper.WaitForEnd();
            return succeeded;
        }
        catch (MountException)
        {
            return false;
        }
    }

    /// <summary>One byte with a descriptor beside it (<c>SCM_RIGHTS</c>, unix(7)); the end of the stream if the helper gave up.</summary>
    private static SafeFileHandle? Receive(int socket)
    {
        byte token;
        var part = new IoVector(&token, 1);
        PassedDescriptor passed = default;
        var message = new MessageHeader { Parts = &part, PartCount = 1, Control = &passed, ControlLength = (nuint)sizeof(PassedDescriptor) };
        nint received;
        do
        {
            received = Libc.ReceiveMessage(socket, &message, Libc.ReceivedCloseOnExec);
        }
        while (received < 0 && Libc.LastError == Errno.EINTR);

        return received > 0 && message.ControlLength > 0 && passed is { Level: Libc.SocketLevel, Type: Libc.PassDescriptors }
            ? new SafeFileHandle(passed.Descriptor, ownsHandle: true)
            : null;
    }

    private static MountException Refusal(string words, MountPoint at)
    {
        const StringComparison Exactly = StringComparison.Ordinal;
        if (words.Contains("user_allow_other", Exactly) || words.Contains("allow_other only allowed", Exactly))
        {
            return new(MountFailure.AllowOtherDenied, "This system does not let ordinary users mount with allow_other or allow_root.", "Add a line user_allow_other to /etc/fuse.conf.");
        }

        if (words.Contains("/dev/fuse", Exactly) && words.Contains("ermission denied", Exactly))
        {
            return new(MountFailure.DeviceDenied, "/dev/fuse may not be opened by this user.", "Have it opened to all: chmod 666 /dev/fuse, as udev usually does.");
        }

        if (words.Contains("device not found", Exactly))
        {
            return new(MountFailure.NoDevice, "This kernel has no FUSE.", "Load the module: modprobe fuse.");
        }

        return words.Contains("no write access", Exactly) || words.Contains("ermission denied", Exactly)
            ? new(MountFailure.Denied, $"{at.Path} may not be mounted on by this user: {words}", "Choose a directory that belongs to you.")
            : new(MountFailure.HelperRefused, words.Length > 0 ? words : "fusermount3 gave up without a word.", "See fusermount3(1).");
    }
}
