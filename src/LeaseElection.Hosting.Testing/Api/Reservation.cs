using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>One client's turn at one lease: what others write to it waits for the end of it, and then comes too late.</summary>
internal sealed class Reservation(LeaseClient client, string leaseName, string leaseNamespace)
{
    private readonly TaskCompletionSource _ended = new(); // Who waits for it shows at once that he waits no more.

    public Task Ended => _ended.Task;

    public bool IsBeside(LeaseClient other, string name, string space) =>
        other != client && name == leaseName && space == leaseNamespace && !_ended.Task.IsCompleted;

    public bool IsAgainst(LeaseClient other, LeaseRoute route, string body) =>
        other != client && route.Namespace == leaseNamespace && (route.Name ?? NameIn(body)) == leaseName;

    public void End() => _ended.TrySetResult();

    private static string? NameIn(string body) => (string?)JsonNode.Parse(body)?["metadata"]?["name"];
}
