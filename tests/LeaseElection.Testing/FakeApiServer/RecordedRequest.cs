using Microsoft.AspNetCore.Http;

namespace LeaseElection.Testing.FakeApiServer;

/// <summary>A request as it arrived, for a test to look at.</summary>
internal sealed record RecordedRequest(
    string Verb, HttpMethod Method, string Path, IQueryCollection Query, IReadOnlyDictionary<string, string> Headers, string Body,
    string ConnectionId,
    string Protocol)
{
    /// <summary>The common name of the client's certificate.</summary>
    public string? Certificate { get; init; }
}
