namespace LeaseElection.Hosting.AspNetCore;

/// <summary>On an endpoint: it is served on the leader only.</summary>
internal sealed class RequiredLeadership
{
    public static readonly RequiredLeadership Here = new();
}
