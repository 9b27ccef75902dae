using System.Text.RegularExpressions;

namespace BtFs.EndToEnd.Packages;

/// <summary>Recipes for systems that are not at hand say the same as the package that is.</summary>
[Collection(InstalledPackage.Name)]
public sealed partial class RecipeTests(InstalledPackage installed)
{
    private static readonly string Folder = Sources.At("packaging");

    [Fact]
    public async Task The_spec_of_the_rpm_lists_what_is_installed()
    {
        var tree = Path.Combine(installed.Shared, "tree");
        var payload = Path.Combine(installed.Shared, "payload");
        await Sources.RunAsync("packaging/payload", "--program", BtfsProgram.Path, payload);
        (await Command.RunAsync($"{payload}/install.sh", $"--destdir={tree}", "--prefix=/usr")).Ok();
        var files = Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories).Select(file => file[tree.Length..])
            .Select(file => file.StartsWith("/usr/share/doc/btfs/", StringComparison.Ordinal) ? "/usr/share/doc/btfs" : file).Distinct();

        var spec = await File.ReadAllTextAsync(Path.Combine(Folder, "rpm/btfs.spec"));
        var listed = spec[(spec.IndexOf("%files", StringComparison.Ordinal) + 7)..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Expand);

        Assert.Equal(files.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_recipe_has_the_version_of_the_program()
    {
        var version = await Sources.RunAsync("packaging/version");

        Assert.Contains($"Version:        {version}\n", await File.ReadAllTextAsync(Path.Combine(Folder, "rpm/btfs.spec")));
        Assert.Contains($"pkgver={version}\n", await File.ReadAllTextAsync(Path.Combine(Folder, "aur/PKGBUILD")));
        Assert.Contains($"version = \"{version}\"", await File.ReadAllTextAsync(Path.Combine(Folder, "nix/default.nix")));
    }

    [Fact]
    public async Task The_scripts_are_good_shell_and_recipes_name_files_that_exist()
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file);
            if (text.StartsWith("#!/bin/sh", StringComparison.Ordinal))
            {
                (await Command.RunAsync("sh", "-n", file)).Ok();
            }

            foreach (Match named in ScriptName().Matches(text))
            {
                Assert.True(Path.Exists(Sources.At(named.Value)) || named.Value.EndsWith("deps.json", StringComparison.Ordinal), $"{file} names {named.Value}");
            }
        }

        (await Command.RunAsync("bash", "-n", Path.Combine(Folder, "aur/PKGBUILD"))).Ok();
    }

    [Fact]
    public async Task The_manual_pages_have_nothing_that_a_checker_warns_of()
    {
        foreach (var page in Directory.EnumerateFiles(Path.Combine(Folder, "man")))
        {
            var checkedPage = await Command.RunAsync("mandoc", "-T", "lint", "-W", "warning", page);
            Assert.True(checkedPage.ExitCode == 0, $"{checkedPage.Text}{checkedPage.Errors}");
        }
    }

    private static string Expand(string line) => line
        .Replace("%{_bindir}", "/usr/bin", StringComparison.Ordinal)
        .Replace("%{_sbindir}", "/usr/sbin", StringComparison.Ordinal)
        .Replace("%{_unitdir}", "/usr/lib/systemd/system", StringComparison.Ordinal)
        .Replace("%{_userunitdir}", "/usr/lib/systemd/user", StringComparison.Ordinal)
        .Replace("%{_mandir}", "/usr/share/man", StringComparison.Ordinal)
        .Replace("%{_datadir}", "/usr/share", StringComparison.Ordinal)
        .Replace("%{_docdir}", "/usr/share/doc", StringComparison.Ordinal)
        .TrimEnd('*');

    [GeneratedRegex(@"(?<![\w/.-])packaging(/[\w.-]+)+")]
    private static partial Regex ScriptName();
}
