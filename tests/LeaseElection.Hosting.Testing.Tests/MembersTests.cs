using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Members of an app under test: over the same leases, by the same clock.</summary>
public sealed class MembersTests
{
    [Fact]
    public async Task Members_OfTwoHosts_SeeEachOther_KeepUpWithTheClock_AndSeeWhoStops()
    {
        var leases = new InMemoryLeases();
        await using FakeReplica a = await StartAsync(leases, "a");
        FakeReplica b = await StartAsync(leases, "b");
        await UntilAsync(a, members => members.Count == 2);
        await UntilAsync(b, members => members.Count == 2);

        await a.Fake.LeadAsync();
        await leases.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.Equal([("a", true), ("b", false)], MembersOf(b).Members.Select(member => (member.Identity, member.Leads)));
        Assert.True(a.Election.IsLeader);
        await b.DisposeAsync();
        await UntilAsync(a, members => members.Count == 1);
    }

    private static IElectionMembers MembersOf(FakeReplica replica) => replica.Services.GetRequiredService<IElectionMembers>();

    private static async Task<FakeReplica> StartAsync(InMemoryLeases leases, string identity)
    {
        HostApplicationBuilder builder = FakeReplica.NewBuilder("Production", ("LeaderElection:LeaseName", "app"));
        builder.Services.AddLeaderElection(options => options.Identity = identity).AddMembers();
        return await FakeReplica.StartAsync(builder, builder.Services.AddFakeLeaderElection(leases));
    }

    private static async Task UntilAsync(FakeReplica replica, Func<IReadOnlyList<ElectionMember>, bool> condition)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (IReadOnlyList<ElectionMember> members in MembersOf(replica).WatchAsync(patience.Token))
        {
            if (condition(members))
                return;
        }

        Assert.Fail("The election has stopped.");
    }
}
