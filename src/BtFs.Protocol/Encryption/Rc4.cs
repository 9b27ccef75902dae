using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BtFs.Protocol.Encryption;

/// <summary>One direction of an RC4 stream, as Message Stream Encryption uses it: its first 1,024 bytes are thrown away. One user at a time.</summary>
/// <remarks>RC4 is broken as a cipher. It is what the protocol has, and good enough to look like noise.</remarks>
public sealed class Rc4
{
    private const int StateBytes = 256;
    private const int LastIndex = StateBytes - 1;
    private const int Discarded = 1024;

    private readonly byte[] _state = new byte[StateBytes];
    private byte _i;
    private byte _j;

    /// <param name="key">1 to 256 bytes.</param>
    public Rc4(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, StateBytes);
        for (var i = 0; i < StateBytes; i++)
        {
            _state[i] = (byte)i;
        }

        var j = 0;
        for (var i = 0; i < StateBytes; i++)
        {
            j = (j + _state[i] + key[i % key.Length]) & LastIndex;
            (_state[i], _state[j]) = (_state[j], _state[i]);
        }

        Span<byte> scrap = stackalloc byte[Discarded];
        scrap.Clear();
        Apply(scrap);
    }

    /// <summary>Encrypts or decrypts in place, which is the same.</summary>
    public void Apply(Span<byte> bytes) => Apply(bytes, bytes);

    /// <summary>Encrypts or decrypts.</summary>
    /// <param name="from">What comes next of the stream.</param>
    /// <param name="to">Where it goes, at least as long; may be the same place.</param>
    public void Apply(ReadOnlySpan<byte> from, Span<byte> to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to.Length, from.Length);

        // Without bounds checks, of which indices below 256 need none.
        ref var state = ref MemoryMarshal.GetArrayDataReference(_state);
        ref var source = ref MemoryMarshal.GetReference(from);
        ref var target = ref MemoryMarshal.GetReference(to);
        uint i = _i;
        uint j = _j;
        for (nint n = 0; n < from.Length; n++)
        {
            i = (i + 1) & LastIndex;
            ref var atI = ref Unsafe.Add(ref state, i);
            uint a = atI;
            j = (j + a) & LastIndex;
            ref var atJ = ref Unsafe.Add(ref state, j);
            uint b = atJ;
            atI = (byte)b;
            atJ = (byte)a;
            Unsafe.Add(ref target, n) = (byte)(Unsafe.Add(ref source, n) ^ Unsafe.Add(ref state, (a + b) & LastIndex));
        }

        _i = (byte)i;
        _j = (byte)j;
    }
}
