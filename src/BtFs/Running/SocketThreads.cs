namespace BtFs.Running;

/// <summary>Which threads the runtime uses for what happens on sockets.</summary>
internal static class SocketThreads
{
    // The only way to set it: System.Net.Sockets reads it from the environment when the first socket waits.
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static bool _isOurs;

    /// <summary>Has what waits for a socket go on where the socket was found ready, in place of a way to the thread pool each time. To be called first.</summary>
    /// <remarks>
    /// Meant for just what our receivers do: copy, hash a little, hand over, never wait. Sequential reading of 1 GiB from one
    /// loopback seed through the mount: 480 to 540 MB/s and 1.6 to 2.0 CPU s/GB, against 270 to 480 and 1.8 to 3.5 without.
    /// </remarks>
    internal static void Prepare()
    {
        if (Environment.GetEnvironmentVariable(Inline) is null)
        {
            Environment.SetEnvironmentVariable(Inline, "1");
            _isOurs = true;
        }
    }

    /// <summary>Takes out of the environment of another program what was put there for us.</summary>
    internal static void TakeOut(IDictionary<string, string?> environment)
    {
        if (_isOurs)
        {
            environment.Remove(Inline);
        }
    }
}
