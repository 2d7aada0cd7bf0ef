using System.Text.Json.Nodes;
using LeaseElection.Soak.Replicas;

namespace LeaseElection.Soak.Nemesis;

/// <summary>What people and programs do to the lease.</summary>
internal static class LeaseFaults
{
    private static readonly TimeSpan EditLimit = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("label edits", IsAlone: false, EditLabelsAsync),
        new("holder cleared", IsAlone: true, world => OnceAllKnowAsync(world, () => ClearHolderAsync(world))),
        new(
            "lease deleted", IsAlone: true,
            world => OnceAllKnowAsync(world, () => world.Server.Admin.SendAsync(HttpMethod.Delete, PathOf(world)))),
    ];

    private static string PathOf(World world) =>
        $"/apis/coordination.k8s.io/v1/namespaces/{world.Replicas.Namespace}/leases/{ReplicaSet.LeaseName}";

    /// <summary>
    /// Those who have seen a holder wait for as long as one may be promised; one that has only just started would take the lease at once,
    /// and no lease can tell it better. For as long as that time lasts there is no other fault, which could replace a process that knows.
    /// </summary>
    private static async Task<bool> OnceAllKnowAsync(World world, Func<Task> act)
    {
        if (!await world.Replicas.UntilAsync(world.Replicas.AllKnowOfAHolder, world.Options.Liveness))
            return false;
        await act();
        await SoakClock.DelayAsync(world.Options.LeaseDuration);
        return true;
    }

    private static async Task<bool> EditLabelsAsync(World world)
    {
        TimeSpan until = SoakClock.Now + world.AroundLease();
        for (int i = 0; SoakClock.Now < until; i++)
        {
            string label = $"edit-{i}";
            await TryPutAsync(world, lease => lease["metadata"]!["labels"] = new JsonObject { ["soak"] = label });
            await SoakClock.DelayAsync(world.Between(0.05, 1));
        }

        return true;
    }

    private static async Task ClearHolderAsync(World world)
    {
        while (!await TryPutAsync(world, lease => lease["spec"]!["holderIdentity"] = ""))
        {
            // An election's write came between: again, with the newer version.
        }
    }

    /// <summary>Reads, changes and writes, as kubectl edit does. It may lose to an election's write, or find no server.</summary>
    private static async Task<bool> TryPutAsync(World world, Action<JsonObject> change)
    {
        using var limit = new CancellationTokenSource(EditLimit, TimeProvider.System); // The next fault waits for this one.
        try
        {
            JsonObject lease = await world.Server.Admin.SendAsync(HttpMethod.Get, PathOf(world), cancellationToken: limit.Token);
            change(lease);
            await world.Server.Admin.SendAsync(HttpMethod.Put, PathOf(world), lease, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
