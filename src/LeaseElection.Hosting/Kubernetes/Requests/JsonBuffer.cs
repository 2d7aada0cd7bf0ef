using System.Buffers;
using System.Text.Json;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>Memory in which JSON is written again and again: a renewal is hardly longer or shorter than the one before it.</summary>
#pragma warning disable CA1001 // The writer holds nothing but the memory.
internal sealed class JsonBuffer
#pragma warning restore CA1001
{
    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly Utf8JsonWriter _writer;

    public JsonBuffer() => _writer = new Utf8JsonWriter(_bytes);

    /// <summary>What was in it is gone, also where it came to no end.</summary>
    public Utf8JsonWriter Begin()
    {
        _bytes.ResetWrittenCount();
        _writer.Reset();
        return _writer;
    }

    /// <returns>What has been written, until it begins again.</returns>
    public ReadOnlyMemory<byte> End()
    {
        _writer.Flush();
        return _bytes.WrittenMemory;
    }
}
