using BtFs.Fuse.Mounting;

namespace BtFs.Fuse.Tests;

public class MountWordsTests
{
    [Fact]
    public void A_backslash_keeps_the_comma_after_it_in_the_value() =>
        Assert.Equal("a,b", new FuseMountOptions().With(@"ro,fsname=a\,b,,noexec").FsName);

    [Theory]
    [InlineData("rw,nosuid,nodev,dev,suid,relatime")]
    [InlineData("_netdev,nofail,user,users,auto,noauto,x-systemd.automount,comment=hello")]
    public void What_fstab_and_mount_add_is_accepted_and_changes_nothing(string list) =>
        Assert.Equal(new FuseMountOptions(), new FuseMountOptions().With(list));

    [Fact]
    public void Whoever_lets_others_in_has_permissions_checked()
    {
        var options = new FuseMountOptions().With("allow_other");

        Assert.True(options.DefaultPermissions);
        Assert.EndsWith(",allow_other,default_permissions", OptionText.ForKernel(options, 5));
        Assert.EndsWith(",allow_other,default_permissions", OptionText.ForHelper(new FuseMountOptions { AllowOther = true }));
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("uid=5")]
    [InlineData("max_readahead=many")]
    [InlineData("fsname")]
    public void An_unknown_word_is_refused_by_name(string word)
    {
        var refused = Assert.Throws<MountException>(() => new FuseMountOptions().With("ro," + word));

        Assert.Equal(MountFailure.UnknownOption, refused.Failure);
        Assert.Contains($"'{word}'", refused.Message);
    }

    [Theory]
    [InlineData("a,b\\c\nd", "a_b_c_d")]
    [InlineData("", "fuse")]
    [InlineData("ünï 😀", "ünï 😀")]
    public void A_name_cannot_smuggle_options_or_lines_into_the_mount_table(string name, string clean) =>
        Assert.Equal(clean, OptionText.Sanitise(name));

    [Fact]
    public void A_mount_is_always_read_only_without_devices_and_setuid() =>
        Assert.StartsWith("ro,nosuid,nodev,noatime,fsname=x,subtype=y,noexec", OptionText.ForHelper(new FuseMountOptions().With("dev,suid,rw,exec,noexec,fsname=x,subtype=y")));

    [Fact]
    public void The_mount_table_is_read_with_spaces_in_paths_and_optional_fields()
    {
        string[] lines =
        [
            @"36 35 0:52 / /mnt/a\040b ro,nosuid shared:1 master:2 - fuse.btfs some\040name ro,user_id=0",
            @"37 35 98:0 /root / rw - ext4 /dev/x rw",
            "nonsense",
            @"38 35 0:53 / /mnt/\134x\0 rw - tmpfs tmpfs rw",
        ];

        Assert.Equal(
            [new MountTableLine("0:52", "/mnt/a b", "fuse.btfs"), new("98:0", "/", "ext4"), new("0:53", @"/mnt/\x\0", "tmpfs")], MountTable.Parse(lines));
    }
}
