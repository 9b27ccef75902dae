using System.Net.Sockets;
using System.Text;
using BtFs.Running;

namespace BtFs.Tests;

/// <summary>The service manager is a datagram socket here, as it is for the program.</summary>
public sealed class ServiceNoticeTests : IDisposable
{
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-notice-").FullName;
    private readonly StringWriter _screen = new() { NewLine = "\n" };

    public void Dispose()
    {
        _manager.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_manager_hears_status_ready_and_stopping_by_a_path_or_an_abstract_name(bool isAbstract)
    {
        using var notice = Listen(isAbstract);

        notice.Progress("2 peers");
        notice.Ready("film is mounted at /mnt");
        notice.Ending();

        Assert.Equal("STATUS=2 peers", Heard());
        Assert.Equal("READY=1\nSTATUS=film is mounted at /mnt", Heard());
        Assert.Equal("STOPPING=1", Heard());
    }

    [Fact]
    public void A_failure_is_the_status_and_never_ready()
    {
        using var notice = Listen(isAbstract: true);

        notice.Failed(new ErrorReport(ExitCode.Source, "btfs: a: b\nc"));

        Assert.Equal("STATUS=btfs: a: b", Heard());
        Assert.Equal("btfs: a: b\nc\n", _screen.ToString());
    }

    [Fact]
    public void A_name_from_a_stranger_cannot_add_a_line_of_its_own()
    {
        using var notice = Listen(isAbstract: true);

        notice.Progress("film\nREADY=1");

        Assert.DoesNotContain('\n', Heard());
    }

    [Fact]
    public void The_same_progress_is_told_once()
    {
        using var notice = Listen(isAbstract: true);

        notice.Progress("1 peer");
        notice.Progress("1 peer");
        notice.Progress("2 peers");

        Assert.Equal("STATUS=1 peer", Heard());
        Assert.Equal("STATUS=2 peers", Heard());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("relative")]
    [InlineData("vsock:2:1234")]
    public void Without_a_socket_that_can_be_told_there_is_no_notice(string? address) => Assert.Null(ServiceNotice.To(address, Quiet()));

    [Fact]
    public void A_name_that_no_socket_can_have_is_nobodys() => Assert.Null(ServiceNotice.To($"/{new string('a', 200)}", Quiet()));

    [Fact]
    public void A_manager_that_is_gone_disturbs_nobody()
    {
        using var notice = Listen(isAbstract: false);
        _manager.Dispose();

        notice.Ready("mounted");

        Assert.Equal("mounted\n", _screen.ToString());
    }

    private ServiceNotice Listen(bool isAbstract)
    {
        var path = Path.Combine(_folder, "notify");
        _manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{path}" : path));
        return ServiceNotice.To(isAbstract ? $"@{path}" : path, new Terminal(_screen, isTerminal: true)) ?? throw new InvalidOperationException("No notice.");
    }

    private Terminal Quiet() => new(_screen, isTerminal: false);

    private string Heard()
    {
        var bytes = new byte[4096];
        return Encoding.UTF8.GetString(bytes, 0, _manager.Receive(bytes));
    }
}
