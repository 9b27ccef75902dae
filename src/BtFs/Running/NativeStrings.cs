using System.Runtime.InteropServices;

namespace BtFs.Running;

/// <summary>A list of C strings as <c>execve(2)</c> wants it: pointers to zero-ended bytes, and a null pointer last.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte* _bytes;

    /// <param name="strings">The strings, each ended by a zero byte, as /proc has them.</param>
    public NativeStrings(ReadOnlySpan<byte> strings)
    {
        _bytes = (byte*)NativeMemory.Alloc((nuint)strings.Length + 1);
        strings.CopyTo(new Span<byte>(_bytes, strings.Length));
        _bytes[strings.Length] = 0;

        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count((byte)0) + 1, (nuint)sizeof(byte*));
        var count = 0;
        for (var start = 0; start < strings.Length;)
        {
            var length = strings[start..].IndexOf((byte)0);
            if (length < 0)
            {
                break;
            }

            Pointers[count++] = _bytes + start;
            start += length + 1;
        }
    }

    public byte** Pointers { get; }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        NativeMemory.Free(Pointers);
    }
}
