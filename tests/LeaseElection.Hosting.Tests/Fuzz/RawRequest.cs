namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>A request as a raw server has read it.</summary>
internal sealed record RawRequest(string Method, string Target, string Body)
{
    public bool IsWatch => Target.Contains("watch=true", StringComparison.Ordinal);

    public bool IsWrite => Method is "PUT" or "POST";
}
