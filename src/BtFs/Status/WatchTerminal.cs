using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace BtFs.Status;

/// <summary>The terminal while something is watched: another screen without a cursor, on which each picture is drawn over the one before; and the old one afterwards.</summary>
internal sealed class WatchTerminal : IDisposable
{
    // ECMA-48 and what xterm added: the other screen, no cursor.
    private const string Enter = "\x1b[?1049h\x1b[?25l";
    private const string Leave = "\x1b[?25h\x1b[?1049l";
    private const string Home = "\x1b[H";
    private const string ClearToEndOfLine = "\x1b[K";

    // By their numbers (asm-generic): the names are for systems that .NET thinks we might run on.
    private const PosixSignal WindowChanged = (PosixSignal)28; // SIGWINCH
    private const PosixSignal Suspend = (PosixSignal)20; // SIGTSTP

    private const int FewestColumns = 20;
    private const int FewestRows = 2;

    private readonly byte[]? _settings;
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Channel<WatchEvent> _events = Channel.CreateUnbounded<WatchEvent>();
    private readonly PosixSignalRegistration _resized;
    private readonly PosixSignalRegistration _suspended;
    private string _shown = "";

    private WatchTerminal()
    {
        _settings = Settings();
        if (_settings is not null)
        {
            TakeKeys();
        }

        _resized = PosixSignalRegistration.Create(WindowChanged, _ => _events.Writer.TryWrite(WatchEvent.Resized));

        // Suspended, it would leave the other screen behind.
        _suspended = PosixSignalRegistration.Create(Suspend, context => context.Cancel = true);
        Write(Enter);
    }

    /// <summary>Its size at this moment; null when standard output is no terminal.</summary>
    public static unsafe (int Columns, int Rows)? Size
    {
        get
        {
            var size = stackalloc ushort[4]; // struct winsize: rows, columns, and two of pixels
            return TerminalCalls.ioctl(TerminalCalls.Output, TerminalCalls.WindowSize, size) == 0
                ? (Math.Max(size[1], (ushort)FewestColumns), Math.Max(size[0], (ushort)FewestRows))
                : null;
        }
    }

    /// <summary>Whether colours are wanted; https://no-color.org.</summary>
    public static bool TakesColours => Environment.GetEnvironmentVariable("NO_COLOR") is null or "" && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Takes over the terminal of this process.</summary>
    public static WatchTerminal Open() => new();

    /// <summary>What happens next. When told to stop, somebody has had enough.</summary>
    public async Task<WatchEvent> NextAsync(CancellationToken stop)
    {
        try
        {
            return await _events.Reader.ReadAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return WatchEvent.Quit;
        }
    }

    /// <summary>Draws over what is there, in one go and without clearing anything first, so that nothing flickers.</summary>
    /// <param name="lines">None wider than the terminal.</param>
    /// <param name="rows">Rows of the terminal, as many as there are lines or more.</param>
    public void Show(IReadOnlyList<string> lines, int rows)
    {
        var picture = new StringBuilder(Home);
        for (var row = 0; row < rows; row++)
        {
            picture.Append(row < lines.Count ? lines[row] : "").Append(ClearToEndOfLine).Append(row < rows - 1 ? "\r\n" : "");
        }

        var text = picture.ToString();
        if (text != _shown)
        {
            _shown = text;
            Write(text);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Write(Leave);
        if (_settings is not null)
        {
            Set(_settings);
        }

        _resized.Dispose();
        _suspended.Dispose();
        _output.Dispose();
    }

    private static unsafe byte[]? Settings()
    {
        var settings = new byte[TerminalCalls.SettingsLength];
        fixed (byte* first = settings)
        {
            return TerminalCalls.tcgetattr(TerminalCalls.Input, first) == 0 ? settings : null;
        }
    }

    private static unsafe void Set(byte[] settings)
    {
        fixed (byte* first = settings)
        {
            _ = TerminalCalls.tcsetattr(TerminalCalls.Input, TerminalCalls.AfterOutput, first);
        }
    }

    private void TakeKeys()
    {
        byte[] keys = [.. _settings!];
        var modes = keys.AsSpan(TerminalCalls.LocalModes);
        BinaryPrimitives.WriteUInt32LittleEndian(modes, BinaryPrimitives.ReadUInt32LittleEndian(modes) & ~TerminalCalls.LinesAndEcho);
        Set(keys);

        // It ends with the process: a read from a terminal cannot be taken back.
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
    }

    private unsafe void ReadKeys()
    {
        byte key;
        while (TerminalCalls.read(TerminalCalls.Input, &key, 1) == 1)
        {
            if (key is (byte)'q' or (byte)'Q')
            {
                _events.Writer.TryWrite(WatchEvent.Quit);
            }
        }
    }

    private void Write(string text)
    {
        try
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // The terminal is gone, and with it whoever watched.
            _events.Writer.TryWrite(WatchEvent.Quit);
        }
    }
}
