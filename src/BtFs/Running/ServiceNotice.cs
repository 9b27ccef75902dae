using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BtFs.Running;

/// <summary>Tells the service manager how it goes, beside whoever else listens: for units with <c>Type=notify</c>.</summary>
/// <remarks>Source: sd_notify(3), which is a datagram of <c>NAME=value</c> lines to the socket that <c>NOTIFY_SOCKET</c> names.</remarks>
internal sealed class ServiceNotice : IStatusAudience, IDisposable
{
    /// <summary>Environment variable with the socket's path, or <c>@</c> and its abstract name.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    private readonly IStatusAudience _people;
    private readonly EndPoint _manager;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
    private string _told = "";

    private ServiceNotice(IStatusAudience people, EndPoint manager)
    {
        _people = people;
        _manager = manager;
    }

    /// <summary>A notice beside <paramref name="people"/>; null where no service manager waits for one. The variable is taken out of the environment.</summary>
    /// <remarks>What we start in turn, a player or fusermount3, has nothing to say in our name.</remarks>
    public static ServiceNotice? FromEnvironment(IStatusAudience people)
    {
        var address = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return To(address, people);
    }

    /// <summary>The same, to a manager that listens at an address of the form that <see cref="Variable"/> has.</summary>
    internal static ServiceNotice? To(string? address, IStatusAudience people) =>
        EndPointOf(address) is { } manager ? new ServiceNotice(people, manager) : null;

    /// <inheritdoc/>
    public void Progress(string text)
    {
        _people.Progress(text);
        if (text != _told)
        {
            _told = text;
            Tell(StatusLine(text));
        }
    }

    /// <inheritdoc/>
    public void EndProgress() => _people.EndProgress();

    /// <inheritdoc/>
    public void Note(string text) => _people.Note(text);

    /// <inheritdoc/>
    public void Ready(string text)
    {
        _people.Ready(text);
        Tell($"READY=1\n{StatusLine(text)}");
    }

    /// <inheritdoc/>
    public void Ending()
    {
        _people.Ending();
        Tell("STOPPING=1");
    }

    /// <inheritdoc/>
    public void Failed(ErrorReport report)
    {
        _people.Failed(report);
        Tell(StatusLine(report.Text.Split('\n')[0]));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static UnixDomainSocketEndPoint? EndPointOf(string? address)
    {
        try
        {
            return address switch
            {
                // .NET, like the kernel, begins an abstract name with a zero byte.
                ['@', _, ..] => new UnixDomainSocketEndPoint($"\0{address[1..]}"),
                ['/', _, ..] => new UnixDomainSocketEndPoint(address),
                _ => null,
            };
        }
        catch (ArgumentException)
        {
            // Longer than an address of a socket can be: then nobody listens there.
            return null;
        }
    }

    private static string StatusLine(string text) => $"STATUS={CleanText.Line(text)}";

    private void Tell(string lines)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(lines), SocketFlags.None, _manager);
        }
        catch (SocketException)
        {
            // A manager that is gone or busy: the mount matters more.
        }
    }
}
