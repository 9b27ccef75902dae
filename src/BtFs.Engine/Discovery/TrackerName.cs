namespace BtFs.Engine.Discovery;

/// <summary>What of a tracker's URL may be shown.</summary>
internal static class TrackerName
{
    public static string Of(Uri url) => url.IsDefaultPort ? $"{url.Scheme}://{url.Host}" : $"{url.Scheme}://{url.Host}:{url.Port}";
}
