namespace LeaseElection.Hosting;

/// <summary>Which lease, and under which identity.</summary>
internal sealed record ElectionIdentityCard(string LeaseNamespace, string LeaseName, string Identity);
