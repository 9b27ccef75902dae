using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Mount.Tests;

public sealed class FileNamesTests
{
    [Fact]
    public void Whatever_bytes_a_torrent_has_for_a_name_the_name_shown_is_safe() =>
        Prop.ForAll(HostileName, raw => IsSafe(FileNames.Clean(raw))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_numbered_name_is_as_safe_and_differs_from_the_plain_one() =>
        Prop.ForAll(HostileName, raw =>
        {
            var name = FileNames.Clean(raw);
            var numbers = new[] { 2, 3, 500 }.Select(number => FileNames.Numbered(name, number)).ToList();
            return numbers.All(IsSafe) && numbers.Append(name).Distinct().Count() == 4;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_clean_name_stays_as_it_is() =>
        Prop.ForAll(HostileName, raw =>
        {
            var name = FileNames.Clean(raw);
            return FileNames.Clean(Encoding.UTF8.GetBytes(name)) == name;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", "_")]
    [InlineData(".", "_")]
    [InlineData("..", "_")]
    [InlineData("...", "...")]
    [InlineData(".\u200b.", "_")]
    [InlineData("../../etc/passwd", ".._.._etc_passwd")]
    [InlineData("a\0b", "a_b")]
    [InlineData("\u001b]0;pwned\u0007", "_]0;pwned_")]
    [InlineData("two\nlines", "two_lines")]
    [InlineData("\u009b31mred", "_31mred")]
    [InlineData("photo\u202egpj.exe", "photogpj.exe")]
    [InlineData("\ufeffword", "word")]
    [InlineData("Ärger 日本語 🎬.mkv", "Ärger 日本語 🎬.mkv")]
    [InlineData("back\\slash", "back\\slash")]
    public void A_hostile_name_loses_its_sting_and_a_good_one_nothing(string raw, string shown) =>
        Assert.Equal(shown, FileNames.Clean(Encoding.UTF8.GetBytes(raw)));

    [Fact]
    public void A_name_in_another_encoding_stays_readable() =>
        Assert.Equal("Caf\ufffd del mar.flac", FileNames.Clean(Encoding.Latin1.GetBytes("Café del mar.flac")));

    [Theory]
    [InlineData(255, 255)]
    [InlineData(256, 240)]
    [InlineData(5000, 240)]
    public void A_name_of_up_to_255_bytes_is_whole_and_a_longer_one_is_cut_to_240(int bytes, int shown)
    {
        var name = FileNames.Clean(Encoding.UTF8.GetBytes(new string('a', bytes - 4) + ".mkv"));

        Assert.Equal(shown, Encoding.UTF8.GetByteCount(name));
        Assert.EndsWith("a.mkv", name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_never_splits_a_character()
    {
        var name = FileNames.Clean(Encoding.UTF8.GetBytes(new string('語', 100) + ".txt"));

        Assert.Equal(new string('語', 78) + ".txt", name);
    }

    [Theory]
    [InlineData("film.mkv", 2, "film (2).mkv")]
    [InlineData(".bashrc", 3, ".bashrc (3)")]
    [InlineData("README", 2, "README (2)")]
    [InlineData("a.this is no extension", 2, "a.this is no extension (2)")]
    public void The_number_of_a_namesake_stands_before_its_extension(string name, int number, string shown) =>
        Assert.Equal(shown, FileNames.Numbered(name, number));

    /// <summary>Bytes, with those that matter made frequent.</summary>
    private static Arbitrary<byte[]> HostileName { get; } = Gen.OneOf(
            Gen.Choose(0, 255).Select(b => new[] { (byte)b }),
            Gen.Elements(".", "..", "/", "\0", "\n", "\u202e", "\u200b", "\ufeff", "\u0085", "\u2028", "é", "🎬", "語", "name.mkv", new string('x', 90)).Select(Encoding.UTF8.GetBytes))
        .ListOf()
        .Select(parts => parts.SelectMany(part => part).ToArray())
        .ToArbitrary();

    private static bool IsSafe(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length is >= 1 and <= FileNames.LongestName
            && name is not ("." or "..")
            && Encoding.UTF8.GetString(bytes) == name
            && !name.Any(c => c is '/' or '\0' || char.IsControl(c) || c is (>= '\u200b' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or '\ufeff');
    }
}
