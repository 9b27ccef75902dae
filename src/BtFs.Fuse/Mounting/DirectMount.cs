using BtFs.Fuse.Abi;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Fuse.Mounting;

/// <summary>Mounting by mount(2), for those who may.</summary>
internal static class DirectMount
{
    private const string Device = "/dev/fuse";

    /// <summary>Opens the device and mounts it.</summary>
    /// <returns>The device, or <see langword="null"/> if this user needs <see cref="HelperMount"/> for it.</returns>
    /// <exception cref="MountException">It cannot be mounted by anybody.</exception>
    public static SafeFileHandle? TryMount(MountPoint at, FuseMountOptions options)
    {
        var descriptor = Libc.Open(Device, Libc.OpenReadWrite | Libc.CloseOnExec);
        var error = descriptor < 0 ? Libc.LastError : Errno.None;
        switch (error)
        {
            case Errno.None:
                break;
            case Errno.EACCES or Errno.EPERM:
                return null;
            default:
                throw NoDevice(error);
        }

        var device = new SafeFileHandle(descriptor, ownsHandle: true);
        var flags = Libc.MountNoSetUserId | Libc.MountNoDevices | Libc.MountNoAccessTime
            | (options.Writable ? 0 : Libc.MountReadOnly) | (options.NoExec ? Libc.MountNoExec : 0);
        var result = Libc.Mount(
            OptionText.Sanitise(options.FsName), at.Path, MountPoint.TypeOf(options), flags, OptionText.ForKernel(options, descriptor));
        error = result < 0 ? Libc.LastError : Errno.None;
        if (error == Errno.None)
        {
            return device;
        }

        device.Dispose();
        return error switch
        {
            Errno.EPERM => null,
            Errno.ENODEV => throw NoDevice(error),
            _ => throw new MountException(MountFailure.Denied, $"The kernel refuses to mount at {at.Path} ({error}).", "Choose another directory."),
        };
    }

    private static MountException NoDevice(Errno error) =>
        new(MountFailure.NoDevice, $"{Device} cannot be opened ({error}): this kernel has no FUSE.", "Load the module: modprobe fuse. In a container, pass --device /dev/fuse.");
}
