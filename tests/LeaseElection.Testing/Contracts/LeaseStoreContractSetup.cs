using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;
using Xunit;

namespace LeaseElection.Testing.Contracts;

/// <summary>What every test of the contract needs: stores on one lease, and a third party that writes to it.</summary>
public abstract class LeaseStoreContractSetup : IAsyncLifetime
{
    /// <summary>For failure only: no test waits this long when the store works.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected string Name { get; } = $"contract-{Guid.NewGuid():N}";
    private readonly List<ILeaseStore> _stores = [];

    /// <summary>Opens a store of its own on the lease; all stores of one test share a back end, as competing processes do.</summary>
    internal abstract Task<ILeaseStore> OpenAsync(string leaseName);

    /// <summary>
    /// Writes the object as a third party would (kubectl, Helm): creates it, or overwrites whatever is there and keeps its uid.
    /// <paramref name="json"/> has neither namespace, uid nor resourceVersion; the back end adds its own.
    /// </summary>
    internal abstract Task PutAsync(string leaseName, string json);

    /// <summary>Deletes the object as a third party would.</summary>
    internal abstract Task DeleteAsync(string leaseName);

    /// <summary>The object as the back end keeps it.</summary>
    internal abstract Task<string> GetAsync(string leaseName);

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (ILeaseStore store in _stores)
            await store.DisposeAsync();
    }

    private protected static DateTimeOffset Noon { get; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private protected static LeaseRecord Held(string holder, int renewals = 0) => new()
    {
        HolderIdentity = holder,
        LeaseDurationSeconds = 15,
        AcquireTime = Noon.AddTicks(1234560),
        RenewTime = Noon.AddTicks(1234560).AddSeconds(renewals),
        LeaseTransitions = 3,
    };

    private protected static LeaseWrite Annotating(LeaseRecord record, params (string Name, string? Value)[] annotations) =>
        new(record) { Annotations = annotations.ToDictionary(annotation => annotation.Name, annotation => annotation.Value) };

    private protected string LeaseJson(string? spec, string metadata = "") =>
        $$"""{ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": "{{Name}}"{{metadata}} }"""
        + (spec is null ? " }" : $$""", "spec": {{spec}} }""");

    private protected async Task<ILeaseStore> OpenStoreAsync()
    {
        ILeaseStore store = await OpenAsync(Name);
        _stores.Add(store);
        return store;
    }

    private protected async Task<JsonObject> GetObjectAsync() => JsonNode.Parse(await GetAsync(Name))!.AsObject();

    private protected static async Task<Lease> ReadAsync(ILeaseStore store) =>
        Expect<LeaseReply.Found>(await store.ReadAsync(Patience, default)).Lease;

    private protected static async Task<Lease> CreateAsync(ILeaseStore store, LeaseRecord record) =>
        Expect<LeaseReply.Found>(await store.CreateAsync(record, Patience, default)).Lease;

    private protected static async Task<Lease> ReplaceAsync(ILeaseStore store, Lease current, LeaseRecord record) =>
        Expect<LeaseReply.Found>(await store.ReplaceAsync(current, record, Patience, default)).Lease;

    private protected static T Expect<T>(LeaseReply reply)
        where T : LeaseReply
    {
        // Not Assert.IsType: on a failure the reply's own message is what one wants to read.
        Assert.True(reply is T, $"{typeof(T).Name} expected, not {reply}");
        return (T)reply;
    }

    private protected static void AssertSameVersion(Lease expected, Lease actual)
    {
        Assert.Equal(expected.ResourceVersion, actual.ResourceVersion);
        Assert.Equal(expected.Uid, actual.Uid);
        Assert.Equal(expected.Record, actual.Record);
    }

    private protected static BigInteger Number(Lease lease) => Number(lease.ResourceVersion);

    private protected static BigInteger Number(string resourceVersion) =>
        BigInteger.Parse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture);
}
