using System.Runtime.CompilerServices;
using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Tests;

public class AbiTests
{
    /// <summary>Sizes of <c>linux/fuse.h</c>; each structure is padded to eight bytes, so they are the same on every machine.</summary>
    [Fact]
    public void Every_structure_is_as_long_as_the_kernels()
    {
        Assert.Equal(40, Unsafe.SizeOf<RequestHeader>());
        Assert.Equal(16, Unsafe.SizeOf<ReplyHeader>());
        Assert.Equal(88, Unsafe.SizeOf<KernelAttributes>());
        Assert.Equal(104, Unsafe.SizeOf<AttributesOut>());
        Assert.Equal(128, Unsafe.SizeOf<EntryOut>());
        Assert.Equal(24, Unsafe.SizeOf<DirectoryEntry>());
        Assert.Equal(16, Unsafe.SizeOf<InitIn>());
        Assert.Equal(64, Unsafe.SizeOf<InitOut>());
        Assert.Equal(8, Unsafe.SizeOf<OpenIn>());
        Assert.Equal(16, Unsafe.SizeOf<OpenOut>());
        Assert.Equal(40, Unsafe.SizeOf<ReadIn>());
        Assert.Equal(24, Unsafe.SizeOf<ReleaseIn>());
        Assert.Equal(24, Unsafe.SizeOf<FlushIn>());
        Assert.Equal(16, Unsafe.SizeOf<CreateIn>());
        Assert.Equal(144, Unsafe.SizeOf<CreateOut>());
        Assert.Equal(40, Unsafe.SizeOf<WriteIn>());
        Assert.Equal(8, Unsafe.SizeOf<WriteOut>());
        Assert.Equal(8, Unsafe.SizeOf<RenameIn>());
        Assert.Equal(16, Unsafe.SizeOf<Rename2In>());
        Assert.Equal(88, Unsafe.SizeOf<SetAttributesIn>());
        Assert.Equal(8, Unsafe.SizeOf<ExtendedAttributeIn>());
        Assert.Equal(8, Unsafe.SizeOf<ExtendedAttributeOut>());
        Assert.Equal(8, Unsafe.SizeOf<ForgetIn>());
        Assert.Equal(8, Unsafe.SizeOf<BatchForgetIn>());
        Assert.Equal(16, Unsafe.SizeOf<ForgetOne>());
        Assert.Equal(8, Unsafe.SizeOf<InterruptIn>());
        Assert.Equal(80, Unsafe.SizeOf<StatisticsOut>());
        Assert.Equal(16, Unsafe.SizeOf<IoVector>());
        Assert.Equal(56, Unsafe.SizeOf<MessageHeader>());
        Assert.Equal(24, Unsafe.SizeOf<PassedDescriptor>());
        Assert.Equal(256, Unsafe.SizeOf<ExtendedStatus>());
    }

    [Fact]
    public void A_validity_is_split_into_seconds_and_nanoseconds()
    {
        Assert.Equal((1UL, 500_000_000u), Validity.Split(TimeSpan.FromSeconds(1.5)));
        Assert.Equal((0UL, 0u), Validity.Split(TimeSpan.FromSeconds(-1)));
    }
}
