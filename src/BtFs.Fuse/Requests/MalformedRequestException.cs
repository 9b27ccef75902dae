namespace BtFs.Fuse.Requests;

/// <summary>A request that is shorter than its kind must be, or names something impossible. The kernel does not send such.</summary>
internal sealed class MalformedRequestException : Exception
{
    public static void ThrowUnless(bool wellFormed)
    {
        if (!wellFormed)
        {
            throw new MalformedRequestException();
        }
    }
}
