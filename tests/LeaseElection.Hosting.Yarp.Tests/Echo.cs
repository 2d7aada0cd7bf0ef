namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>What a replica has seen of a request.</summary>
internal sealed record Echo(
    string By, string Method, string Host, string? PathBase, string PathAndQuery, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
