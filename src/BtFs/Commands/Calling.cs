using System.Text;

namespace BtFs.Commands;

/// <summary>What the program was asked to do, by its arguments and by the name that it was called by.</summary>
internal static class Calling
{
    /// <summary>The name that this process was called by, without folders.</summary>
    public static string NameOfProcess()
    {
        try
        {
            // Environment.GetCommandLineArgs puts the program's path in its place.
            var line = File.ReadAllBytes("/proc/self/cmdline").AsSpan();
            var end = line.IndexOf((byte)0);
            return Path.GetFileName(Encoding.UTF8.GetString(end < 0 ? line : line[..end]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc it is what it is usually called.
            return "btfs";
        }
    }

    /// <summary>Understands a call.</summary>
    /// <param name="name">The name, without folders.</param>
    /// <param name="arguments">What followed it.</param>
    /// <returns>The arguments as they would follow the name <c>btfs</c>.</returns>
    /// <exception cref="CommandException">It makes no sense.</exception>
    public static string[] Of(string name, string[] arguments) => name switch
    {
        "btplay" => ["play", .. arguments.Select(word => word == "-p" ? "--player" : word)],
        StatCommand.Name => [StatCommand.Name, .. arguments],
        _ when IsNameOfHelper(name) => MountHelperLine.Read(arguments),
        _ => arguments,
    };

    /// <summary>Whether a name is that of mount(8)'s helper.</summary>
    public static bool IsNameOfHelper(string name) => name is "mount.btfs" or "mount.fuse.btfs";
}
