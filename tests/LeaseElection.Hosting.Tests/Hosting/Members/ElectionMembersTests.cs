using System.Globalization;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Members;

/// <summary>Who is here, as hosts see it that share leases in memory, on a clock that stands still.</summary>
public sealed class ElectionMembersTests : HostTest
{
    private static readonly LeaseStoreError NoUpdate = new(LeaseStoreErrorKind.Forbidden, "The verb update is missing.");

    [Fact]
    public async Task OneHost_IsItsOnlyMember_FromItsStartOn()
    {
        ElectionHost host = NewMember("me");
        IElectionMembers members = MembersOf(host);
        Assert.Empty(members.Members);
        Assert.False(members.IsComplete);

        await host.StartAndLeadAsync();
        ElectionMember self = Assert.Single(members.Members);

        Assert.Equal(("me", true, true), (self.Identity, self.IsSelf, self.Leads));
        Assert.Equal(Time.GetUtcNow(), self.Since);
        await UntilAsync(host, _ => members.IsComplete);
        Assert.Equal("settlement", Assert.Single(members.Members).Labels["leaseelection.dev/members-of"]);
    }

    [Fact]
    public async Task SeveralHosts_SeeEachOther_AndWhoLeads()
    {
        var group = new FakeLeaseGroup();
        Leases = group;
        ElectionHost first = NewMember("first");
        await first.StartAndLeadAsync();
        await group.UntilAsync(all => all.Leases.Count == 1); // Since when it is here is the time at which it first said so.
        Time.Advance(TimeSpan.FromSeconds(1));
        ElectionHost second = NewMember("second");
        await second.StartAsync();

        foreach (ElectionHost host in new[] { first, second })
        {
            IReadOnlyList<ElectionMember> members = await UntilAsync(host, members => members.Count == 2 && members[0].Leads);
            Assert.Equal(["first", "second"], members.Select(member => member.Identity));
            Assert.False(members[1].Leads);
            Assert.Equal(host == first, members[0].IsSelf);
            Assert.Equal(host == second, members[1].IsSelf);
            Assert.Equal(TimeSpan.FromSeconds(1), members[1].Since - members[0].Since);
        }
    }

    [Fact]
    public async Task GracefulStop_IsSeenByTheOthersWithoutAnyTimePassing_AndLeavesNoLease()
    {
        (ElectionHost first, ElectionHost second) = await StartTwoAsync();

        await second.StopAsync();

        await UntilAsync(first, members => members.Count == 1);
        Assert.Equal(["first"], (await PresencesAsync()).Values.Select(lease => lease.Record.HolderIdentity));
    }

    /// <summary>Who is about to go is not to be counted on, however long its work takes to stop.</summary>
    [Fact]
    public async Task GracefulStop_IsSeenBeforeWorkHasDrained()
    {
        ElectionHost leader = NewMember("leader");
        leader.AddElection().AddWork(Work.RunAsync);
        Work.Obeys = false;
        await leader.StartAndLeadAsync();
        await Work.StartedAsync();
        ElectionHost other = NewMember("other");
        await other.StartAsync();
        await UntilAsync(other, members => members.Count == 2);

        Task stopping = leader.StopAsync();

        await UntilAsync(other, members => members.Count == 1);
        Assert.False(stopping.IsCompleted);
        Assert.True(leader.Election.IsLeader);
        Work.Return();
        await stopping;
    }

    [Fact]
    public async Task MemberThatDied_IsGoneWhenItsLeaseHasRunOut_AndNoSooner()
    {
        ElectionHost host = NewMember("me");
        await host.StartAndLeadAsync();
        Lease dead = await PutAsync("dead", 1, null);
        await UntilAsync(host, members => members.Count == 2);

        await StepAsync(host, seconds: 39);
        Assert.Equal(2, MembersOf(host).Members.Count);
        await StepAsync(host, seconds: 1);
        Assert.Equal("me", Assert.Single(MembersOf(host).Members).Identity);

        await PutAsync("dead", 2, dead);
        await UntilAsync(host, members => members.Count == 2);
    }

    [Fact]
    public async Task WatchAsync_TellsWhoComesGoesAndFallsSilent_AndEndsWithTheElection()
    {
        ElectionHost host = NewMember("me");
        await using IAsyncEnumerator<IReadOnlyList<ElectionMember>> told = MembersOf(host).WatchAsync().GetAsyncEnumerator();
        Task<bool> first = told.MoveNextAsync().AsTask();
        Assert.False(first.IsCompleted);
        await host.StartAndLeadAsync();
        Assert.True(await first.WaitAsync(Signal.Patience));
        await NextAsync(told, members => members is [{ Leads: true }]);

        await PutAsync("other", 1, null);
        await NextAsync(told, members => members.Count == 2);
        await StepAsync(host, seconds: 40);
        await NextAsync(told, members => members.Count == 1);
        await host.StopAsync();

        while (await told.MoveNextAsync().AsTask().WaitAsync(Signal.Patience))
            Assert.Single(told.Current);
    }

    /// <summary>Who waits for <see cref="IElectionMembers.IsComplete"/> has nothing else to look at it by.</summary>
    [Fact]
    public async Task WatchAsync_AllAreListedAndNobodyElseIsHere_TellsTheSameOnceMore()
    {
        var group =
            new FakeLeaseGroup { ListError = new LeaseStoreError(LeaseStoreErrorKind.Network, "Nobody answers."), WriteError = NoUpdate };
        Leases = group;
        ElectionHost host = NewMember("me");
        await host.StartAndLeadAsync();
        IElectionMembers members = MembersOf(host);
        await using IAsyncEnumerator<IReadOnlyList<ElectionMember>> told = members.WatchAsync().GetAsyncEnumerator();
        Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(Signal.Patience));
        await NextAsync(told, all => all is [{ Leads: true }]);
        Task<bool> next = told.MoveNextAsync().AsTask();
        Assert.False(members.IsComplete);

        group.ListError = null;
        await StepAsync(host, seconds: 5);

        Assert.True(await next.WaitAsync(Signal.Patience));
        if (!members.IsComplete)
            await NextAsync(told, _ => members.IsComplete); // That one was about something else.
        Assert.True(Assert.Single(told.Current).IsSelf);
    }

    [Fact]
    public async Task WatchAsync_AnotherDiesWhileTheReaderIsBusy_IsToldAtTheNextLook()
    {
        ElectionHost host = NewMember("me");
        await host.StartAndLeadAsync();
        await PutAsync("first", 1, null);
        await UntilAsync(host, members => members.Count == 2);
        await StepAsync(host, seconds: 1);
        await PutAsync("second", 1, null);
        await UntilAsync(host, members => members.Count == 3);
        await using IAsyncEnumerator<IReadOnlyList<ElectionMember>> told = MembersOf(host).WatchAsync().GetAsyncEnumerator();
        Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(Signal.Patience));
        await StepAsync(host, seconds: 39);
        await NextAsync(told, members => members.Count == 2);

        await StepAsync(host, seconds: 1);

        Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(Signal.Patience));
        Assert.Equal("me", Assert.Single(told.Current).Identity);
    }

    [Fact]
    public async Task PresenceThatMayNotBeWritten_CostsOneWarningThatNamesTheRight_AndNothingElse()
    {
        var group = new FakeLeaseGroup { WriteError = NoUpdate };
        Leases = group;
        ElectionHost host = NewMember("me");

        await host.StartAndLeadAsync();
        await host.Logs.WaitForAsync("PresenceNotWritten");
        await StepAsync(host, seconds: 30);

        Assert.Contains(
            "The verb update is missing.", Assert.Single(host.Logs.Named("PresenceNotWritten")).Message, StringComparison.Ordinal);
        Assert.Single(host.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
        Assert.True(host.Election.IsLeader);
        Assert.Equal(HealthStatus.Healthy, (await host.CheckHealthAsync()).Status);
        Assert.True(Assert.Single(MembersOf(host).Members).IsSelf);

        group.WriteError = null;
        await AdvanceUntilAsync(() => host.Logs.Named("PresenceWritten").Count == 1);
        await UntilAsync(host, members => members is [{ Leads: true }]);
    }

    [Fact]
    public async Task MembersThatMayNotBeListed_CostOneWarningThatNamesTheRight_AndNothingElse()
    {
        Leases = new FakeLeaseGroup { ListError = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb list is missing.") };
        ElectionHost host = NewMember("me");

        await host.StartAndLeadAsync();
        await host.Logs.WaitForAsync("GroupListFailed");
        await StepAsync(host, seconds: 30);

        Assert.Single(host.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
        Assert.False(MembersOf(host).IsComplete);
        Assert.True(Assert.Single(MembersOf(host).Members).Leads);
        Assert.Equal(1, (await host.CheckHealthAsync()).Data["members"]);
    }

    [Fact]
    public async Task SteadyState_OnePresenceIsWrittenEveryTenSecondsAndNothingIsAskedFor()
    {
        var group = new FakeLeaseGroup();
        Leases = group;
        ElectionHost host = NewMember("me");
        await host.StartAndLeadAsync();
        await group.UntilAsync(all => all is { Leases.Count: 1, OpenWatches: 1 });
        int reads = group.Reads;

        long before = VersionOf(group);
        for (int i = 1; i <= 10; i++)
        {
            await StepAsync(host, seconds: 10);
            int written = i;
            await group.UntilAsync(all => VersionOf(all) >= before + written);
        }

        Assert.Equal((1, reads, 10), (group.Lists, group.Reads, VersionOf(group) - before));
        Assert.DoesNotContain(
            host.Logs.Entries, entry => entry.Message.Contains("settlement-", StringComparison.Ordinal) && entry.Level > LogLevel.Debug);
    }

    [Fact]
    public async Task WithoutAddMembers_NothingIsOpenedAndNobodyIsTold()
    {
        ElectionHost host = NewHost();
        host.AddElection();
        await host.StartAndLeadAsync();

        Assert.Null(host.Host.Services.GetService<IElectionMembers>());
        Assert.Empty(await PresencesAsync());
        Assert.DoesNotContain("members", (await host.CheckHealthAsync()).Data.Keys);
    }

    [Fact]
    public async Task AddMembers_Twice_OfANamedElection_IsResolvedByKey()
    {
        ElectionHost host = NewHost();
        host.AddElection("reports", options => options.LeaseName = "reports").AddMembers().AddMembers();
        await host.StartAsync();
        await host.Keyed("reports").WaitForLeadershipAsync().WaitAsync(Signal.Patience);

        Assert.Null(host.Host.Services.GetService<IElectionMembers>());
        Assert.True(Assert.Single(host.Host.Services.GetRequiredKeyedService<IElectionMembers>("reports").Members).Leads);
        await AdvanceUntilAsync(() => PresencesAsync("reports").Result.Count == 1);
    }

    /// <summary>For a debugger: no lease is anywhere, and the process is alone.</summary>
    [Fact]
    public async Task Disabled_ProcessIsItsOnlyMember()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLeaderElection(options => options.Enabled = false).AddMembers();
        using IHost host = builder.Build();
        await host.StartAsync().WaitAsync(Signal.Patience);
        IElectionMembers members = host.Services.GetRequiredService<IElectionMembers>();
        using var patience = new CancellationTokenSource(Signal.Patience);

        await foreach (IReadOnlyList<ElectionMember> present in members.WatchAsync(patience.Token))
        {
            if (members.IsComplete && present is [{ Leads: true, IsSelf: true }])
                break;
        }

        await host.StopAsync().WaitAsync(Signal.Patience);
    }

    /// <summary>Kubernetes takes an owner of another namespace for one that is gone, and would delete the lease.</summary>
    [Theory]
    [InlineData("shop", true)]
    [InlineData("elsewhere", false)]
    public async Task Presence_NamesNodeAndPod_IfThePodIsInTheNamespaceOfTheLease(string podNamespace, bool isOwned)
    {
        var group = new FakeLeaseGroup();
        Leases = group;
        ElectionHost host = NewMember("me");
        host.Services.AddSingleton(TestEnvironment.With(
            ("POD_NAME", "pod-1"), ("POD_UID", "uid-1"), ("POD_NAMESPACE", podNamespace), ("NODE_NAME", "node-7")));
        await host.StartAsync();
        await UntilAsync(host, members => members[0].Labels.GetValueOrDefault("kubernetes.io/hostname") == "node-7");

        Assert.Equal(isOwned ? new PodReference("pod-1", "uid-1") : null, Assert.Single(group.Traits).Value.Owner);
    }

    private static long VersionOf(FakeLeaseGroup group) =>
        long.Parse(Assert.Single(group.Leases).Value.ResourceVersion, CultureInfo.InvariantCulture);

    private static IElectionMembers MembersOf(ElectionHost host) => host.Host.Services.GetRequiredService<IElectionMembers>();

    private ElectionHost NewMember(string identity)
    {
        ElectionHost host = NewHost(identity);
        host.AddElection().AddMembers();
        return host;
    }

    private async Task<(ElectionHost First, ElectionHost Second)> StartTwoAsync()
    {
        ElectionHost first = NewMember("first");
        await first.StartAndLeadAsync();
        ElectionHost second = NewMember("second");
        await second.StartAsync();
        await UntilAsync(first, members => members.Count == 2);
        await UntilAsync(second, members => members.Count == 2);
        return (first, second);
    }

    /// <summary>
    /// Lets time pass in steps that every lease survives whose holder lives: after each, a renewal that is due has been answered. It is not
    /// enough that it was written, for on a busy machine its answer would then come after the steps that make it too late.
    /// </summary>
    private async Task StepAsync(ElectionHost host, int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            DateTimeOffset now = Time.GetUtcNow();
            if (now - host.Election.Status.RenewedAt >= TimeSpan.FromSeconds(3))
                await Polling.UntilAsync(() => Task.FromResult(host.Election.Status.RenewedAt == now), Signal.Patience);
        }
    }

    private static async Task<IReadOnlyList<ElectionMember>> UntilAsync(
        ElectionHost host, Func<IReadOnlyList<ElectionMember>, bool> condition)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (IReadOnlyList<ElectionMember> members in MembersOf(host).WatchAsync(patience.Token))
        {
            if (condition(members))
                return members;
        }

        throw new InvalidOperationException("The election has stopped.");
    }

    private static async Task NextAsync(
        IAsyncEnumerator<IReadOnlyList<ElectionMember>> told, Func<IReadOnlyList<ElectionMember>, bool> condition)
    {
        while (!condition(told.Current))
            Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(Signal.Patience));
    }

    /// <summary>A process that nobody of this test runs shows itself.</summary>
    private async Task<Lease> PutAsync(string identity, int renewed, Lease? current)
    {
        var card = new ElectionIdentityCard("shop", "settlement", identity);
        ILeaseStore store = Leases.OpenGroup("settlement").Open(
            MemberLeaseName.Of("settlement", identity), MemberTraits.Of(card, TestEnvironment.With(), null));
        LeaseRecord record = SomeRecord.HeldBy(identity, renewed, duration: 40);
        LeaseReply reply = current is null
            ? await store.CreateAsync(record, TimeSpan.FromSeconds(1), default)
            : await store.ReplaceAsync(current, record, TimeSpan.FromSeconds(1), default);
        return Assert.IsType<LeaseReply.Found>(reply).Lease;
    }

    private async Task<IReadOnlyDictionary<string, Lease>> PresencesAsync(string group = "settlement") =>
        Assert.IsType<LeaseGroupReply.Found>(await Leases.OpenGroup(group).ListAsync(TimeSpan.FromSeconds(1), default)).Leases;
}
