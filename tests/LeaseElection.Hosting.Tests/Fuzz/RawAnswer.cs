using System.Globalization;
using System.Text;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>Exactly the bytes to send, in these pieces, and what becomes of the connection then.</summary>
internal sealed record RawAnswer(IEnumerable<ReadOnlyMemory<byte>> Pieces)
{
    /// <summary>Between two pieces.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Nothing more comes, and the connection stays open for longer than anybody waits.</summary>
    public bool Hangs { get; init; }

    /// <summary>The connection is closed, else the next request is read from it.</summary>
    public bool Closes { get; init; }

    /// <summary>An answer as it should be.</summary>
    public static RawAnswer Json(int status, string body) => new([Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"))]);
}
