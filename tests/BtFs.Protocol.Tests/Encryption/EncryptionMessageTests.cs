using BtFs.Protocol.Encryption;

namespace BtFs.Protocol.Tests.Encryption;

public class EncryptionMessageTests
{
    [Fact]
    public void A_call_names_what_it_offers_and_brings_the_first_bytes_along() =>
        Assert.Equal(
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 7, 7, 0, 3, 1, 2, 3],
            EncryptionMessage.Call(CryptoMethods.Plaintext | CryptoMethods.Rc4, [7, 7], [1, 2, 3]));

    [Fact]
    public void An_answer_names_what_it_chose() =>
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 9], EncryptionMessage.Answer(CryptoMethods.Rc4, [9]));

    [Fact]
    public void What_was_written_is_read()
    {
        EncryptionMessage.ReadHead(EncryptionMessage.Answer(CryptoMethods.Rc4, new byte[EncryptionMessage.MaxPad]), out var methods, out var pad);
        Assert.Equal((CryptoMethods.Rc4, EncryptionMessage.MaxPad), (methods, pad));
    }

    [Fact]
    public void A_pad_of_more_than_512_bytes_is_refused() =>
        Assert.Throws<ProtocolViolationException>(() => EncryptionMessage.ReadHead(EncryptionMessage.Answer(CryptoMethods.Rc4, new byte[513]), out _, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_verification_that_is_not_zero_is_refused(int at)
    {
        var message = EncryptionMessage.Answer(CryptoMethods.Rc4, []);
        message[at] = 1;
        Assert.Throws<ProtocolViolationException>(() => EncryptionMessage.ReadHead(message, out _, out _));
    }

    [Fact]
    public void Methods_that_nobody_knows_are_passed_over()
    {
        EncryptionMessage.ReadHead([0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe, 0, 0], out var methods, out _);
        Assert.Equal(CryptoMethods.Rc4, methods);
    }
}
