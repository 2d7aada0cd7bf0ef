using System.Buffers.Binary;
using System.Text;

namespace LeaseElection.Samples.Tests.Otlp;

/// <summary>A message of protocol buffers, read without knowing its type: fields by their numbers.</summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Content)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> message)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong key = ReadVarint(message.Span, ref at);
            (ulong value, int length) = (key & 7) switch
            {
                Varint => (ReadVarint(message.Span, ref at), 0),
                Fixed64 => (BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), 8),
                Bytes => (0UL, (int)ReadVarint(message.Span, ref at)),
                Fixed32 => (BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), 4),
                _ => throw new InvalidDataException($"Wire type {key & 7} at byte {at}."),
            };
            _fields.Add(((int)(key >> 3), value, message.Slice(at, length)));
            at += length;
        }
    }

    public IEnumerable<ProtoMessage> All(int number) =>
        _fields.Where(field => field.Number == number).Select(field => new ProtoMessage(field.Content));

    public string Text(int number) => Encoding.UTF8.GetString(_fields.LastOrDefault(field => field.Number == number).Content.Span);

    /// <summary>A number of 64 bits, as whatever the reader knows it to be; null if the field is not there.</summary>
    public ulong? Number(int number) => _fields.Where(field => field.Number == number).Select(field => (ulong?)field.Value).LastOrDefault();

    private static ulong ReadVarint(ReadOnlySpan<byte> message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
