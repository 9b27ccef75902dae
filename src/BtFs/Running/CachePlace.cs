namespace BtFs.Running;

/// <summary>Where downloaded bytes are kept when the user does not say (XDG base directory specification).</summary>
internal static class CachePlace
{
    /// <summary>The usual folder, or null where nothing says where it would be.</summary>
    public static string? Try(Func<string, string?> variable, uint userId) =>
        variable("XDG_CACHE_HOME") is ['/', ..] || variable("HOME") is ['/', ..] || userId == 0 ? Find(chosen: null, variable, userId) : null;

    /// <summary>The folder, absolute; it need not exist.</summary>
    /// <param name="chosen"><c>--data-directory</c>, or null.</param>
    /// <param name="variable">Reads the environment.</param>
    /// <param name="userId">The effective user.</param>
    /// <exception cref="CommandException">Nothing says where.</exception>
    public static string Find(string? chosen, Func<string, string?> variable, uint userId)
    {
        if (chosen is not null)
        {
            return chosen;
        }

        // The specification: a relative path is to be ignored.
        if (variable("XDG_CACHE_HOME") is ['/', ..] cache)
        {
            return Path.Combine(cache, "btfs");
        }

        if (variable("HOME") is ['/', ..] home)
        {
            return Path.Combine(home, ".cache", "btfs");
        }

        // mount(8), systemd and fstab start us as root with an empty environment.
        return userId == 0
            ? "/var/cache/btfs"
            : throw new CommandException(ExitCode.System, "HOME", "is not set, so there is no place for the cache", "Name one: --data-directory=DIR, or do without: --cache=memory");
    }
}
