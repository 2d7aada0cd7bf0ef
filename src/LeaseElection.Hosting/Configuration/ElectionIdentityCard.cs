namespace LeaseElection.Hosting.Configuration;

/// <summary>Which lease, and under which identity.</summary>
internal sealed record ElectionIdentityCard(string LeaseNamespace, string LeaseName, string Identity);
