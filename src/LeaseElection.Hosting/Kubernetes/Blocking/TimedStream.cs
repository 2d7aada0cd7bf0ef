using System.Net.Sockets;

namespace LeaseElection.Hosting.Kubernetes.Blocking;

/// <summary>
/// A connection whose reads and writes block until the time of the whole request is over, and no longer: a server that sends a byte now
/// and then would else have a new time limit with each of them.
/// </summary>
internal sealed class TimedStream(Socket socket, TimeLimit time) : NetworkStream(socket, ownsSocket: true)
{
    public override int Read(Span<byte> buffer)
    {
        Socket.ReceiveTimeout = time.Milliseconds;
        return Socket.Receive(buffer); // That of the base class calls the one below.
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            Socket.SendTimeout = time.Milliseconds;
            buffer = buffer[Socket.Send(buffer)..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}
