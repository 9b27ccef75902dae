using System.CommandLine;
using System.Diagnostics;
using BtFs.Commands;
using BtFs.Completion;
using BtFs.Running;

namespace BtFs.Tests;

/// <summary>Help and completions know what there is, for they are made from it.</summary>
public sealed class HelpTests
{
    private const int Lines = 24;
    private const int Columns = 80;

    private static Command Root { get; } = CommandLine.Root(new Terminal(TextWriter.Null, isTerminal: false), pipe: null);

    [Fact]
    public void The_first_help_fits_a_screen_and_names_every_command()
    {
        var help = TextOf(Root);

        Assert.InRange(help.Split('\n').Length, 1, Lines);
        Assert.All(Root.Subcommands.Where(command => !command.Hidden), command => Assert.Contains($" {command.Name}", help, StringComparison.Ordinal));
    }

    [Fact]
    public void No_line_of_any_help_is_wider_than_a_screen() => Assert.All(
        Everything(Root).Select(TextOf).SelectMany(text => text.Split('\n')),
        line => Assert.True(line.Length <= Columns, line));

    [Fact]
    public void Every_option_is_explained_where_it_belongs() => Assert.All(
        Everything(Root).Where(command => command != Root).SelectMany(command => command.Options.Select(option => (command, option))),
        pair => Assert.True(
            pair.option.Action is TextAction || (pair.option.Description is { Length: > 0 } && TextOf(pair.command).Contains($"{pair.option.Name}", StringComparison.Ordinal)),
            $"{pair.command.Name} {pair.option.Name}"));

    [Fact]
    public void Completions_know_every_command_and_option()
    {
        var model = CompletionModel.Of(Root);

        Assert.All(new[] { BashCompletion.Script(model), ZshCompletion.Script(model), FishCompletion.Script(model) }, script =>
        {
            Assert.All(MountOptions.All.Where(option => !option.Hidden), option => Assert.Contains(option.Name.TrimStart('-'), script, StringComparison.Ordinal));
            Assert.All(Root.Subcommands.Where(command => !command.Hidden), command => Assert.Contains(command.Name, script, StringComparison.Ordinal));
            Assert.DoesNotContain(StatCommand.Name, script, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("btfs --max-p", "--max-peers= --max-port=")]
    [InlineData("btfs uncl", "")]
    [InlineData("btfs unm", "unmount")]
    [InlineData("btfs cache cl", "clean")]
    [InlineData("btfs cache clean --", "--help --data-directory= --all")]
    [InlineData("btfs --encryption = ", "prefer require off")]
    [InlineData("btfs --encryption = re", "require")]
    [InlineData("btfs --encryption re", "require")]
    [InlineData("btfs --cache = m", "memory")]
    [InlineData("btfs seed --pri", "--private")]
    [InlineData("btfs completion ", "bash zsh fish")]
    [InlineData("btfs --data-directory = fol", "folder")]
    [InlineData("btfs unmount fo", "folder")]
    [InlineData("btfs list so", "some film.torrent")]
    [InlineData("btfs so", "some film.torrent")]
    public async Task Bash_completes(string line, string replies)
    {
        const string Driver = """
            compopt() { :; }
            source ./script
            COMP_WORDS=($1); [[ $1 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _btfs
            printf '%s\n' "${COMPREPLY[*]}"
            """;
        var output = await CompleteAsync(BashCompletion.Script, "bash", "-c", Driver, "bash", line);

        Assert.Equal(replies.Split(' ').Order(), output.TrimEnd('\n').Split(' ').Order());
    }

    [Theory]
    [InlineData("btfs cache cl", "clean")]
    [InlineData("btfs unm", "unmount")]
    [InlineData("btfs --encryption re", "require")]
    [InlineData("btfs seed --pri", "--private")]
    [InlineData("btfs unmount fo", "folder/")]
    [InlineData("btfs list so", "some film.torrent")]
    public async Task Fish_completes(string line, string replies)
    {
        var output = await CompleteAsync(FishCompletion.Script, "fish", "--no-config", "-c", "source ./script; complete -C $argv[1]", line);

        Assert.Equal(replies, output.TrimEnd('\n').Split('\t')[0].Replace("\\", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Zsh_understands_its_script() => Assert.Equal("", await CompleteAsync(ZshCompletion.Script, "zsh", "-n", "./script"));

    [Fact]
    public void Everything_that_johang_btfs_takes_is_taken()
    {
        // From its print_help and its man page.
        string[] options =
        [
            "-b", "--browse-only", "-k", "--keep", "-s", "--silent", "--utp-only", "--data-directory=/data", "--min-port=1000", "--max-port=2000",
            "--max-download-rate=100", "--max-upload-rate=5", "-f", "-d", "-oallow_other", "-o", "ro",
        ];

        Assert.All(options.Where(option => option != "-o" && option != "ro"), option => Assert.Equal("s", Read(option, "s", "m").Source));
        Assert.All(new[] { "-v", "--version", "-h", "--help", "--help-fuse" }, option => Assert.IsType<TextAction>(Root.Parse([option]).Action));
        Assert.Equal("m", Path.GetFileName(Read(["-b", "-k", "-s", "--utp-only", "--min-port=1000", "--max-port=2000", "-o", "ro", "s", "m"]).MountPoint));
    }

    [Theory]
    [InlineData(0x100, 0x140, "allow_root")]
    [InlineData(0x100, 0x140, "umask=077")]
    [InlineData(0x120, 0x16d, "fmask=027")]
    [InlineData(0x124, 0x168, "dmask=007")]
    public void Masks_and_allow_root_take_permissions_away(int file, int folder, string word)
    {
        var shown = Read("-o", word, "s", "m").Shown;

        Assert.Equal((file, folder), (0x124 & ~shown.FileMask, 0x16d & ~shown.FolderMask));
    }

    [Fact]
    public void Root_is_let_in_by_the_kernel_which_looks_at_the_modes()
    {
        var request = Read("-o", "allow_root", "s", "m");

        Assert.Equal((true, true), (request.Fuse.AllowOther, request.Fuse.DefaultPermissions));
    }

    /// <summary>Runs a shell in a folder with a script, a folder and a torrent.</summary>
    private static async Task<string> CompleteAsync(Func<CompletionModel, string> script, string shell, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("btfs-completion-test-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "folder"));
            await File.WriteAllTextAsync(Path.Combine(folder, "some film.torrent"), "");
            await File.WriteAllTextAsync(Path.Combine(folder, "script"), script(CompletionModel.Of(Root)));
            var start = new ProcessStartInfo(shell, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
            start.Environment["HOME"] = folder;
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static MountRequest Read(params string[] arguments) => MountRequestReader.Read(Root.Parse(arguments));

    private static IEnumerable<Command> Everything(Command command) => command.Subcommands.SelectMany(Everything).Prepend(command);

    private static string TextOf(Command command) => command.Options.Select(option => option.Action).OfType<TextAction>().First().Text;
}
