using System.Runtime.CompilerServices;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>The API server answers, but not what was hoped for.</summary>
[Collection(WaitingHosts.Name)]
public sealed class RefusalTests(ApiServerFixture fixture, ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [ApiServerTheory]
    [InlineData(429, 1)]
    [InlineData(429, 32)]
    [InlineData(503, 32)]
    [InlineData(500, null)]
    public async Task Fault34_a_refusal_with_retry_after_is_never_slept_past_the_deadline(int status, int? retryAfter)
    {
        // Who is to stay away for longer waits half of what is left each time: two seconds are left after the second refusal.
        (TimeSpan lease, TimeSpan deadline) = (Lease * 3, Deadline * 4);
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync(new FaultReplicaSetup
        {
            Configure = options =>
            {
                options.LeaseDuration = lease;
                options.RenewDeadline = deadline;
            },
        });
        TimeSpan? after = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        WorkSpan work = await leader.WorksAsync();

        // Twice in a row, which leaves time for a third attempt.
        int before = leader.Proxy.Requests["update"];
        leader.Proxy.Answer(status, after, times: 2);
        await Polling.UntilAsync(() => Task.FromResult(leader.Proxy.Requests["update"] >= before + 3), Patience);
        Assert.Null(leader.Spans.Single().End);

        // And then for good, while the other is well.
        leader.Proxy.Answer(status, after);
        int requests = leader.Proxy.Requests.Total;
        WorkSpan next = await standby.WorksAsync();
        work = await leader.EndsAsync(work);
        long last = leader.LastRenewal;
        TimeSpan ended = Between(last, work.End!.Value);
        requests = leader.Proxy.Requests.Total - requests;

        Assert.InRange(ended, TimeSpan.Zero, deadline + Slack);
        Assert.InRange(requests, 2, 60);
        scene.Conclude(
            34,
            $"{status}, Retry-After {retryAfter?.ToString((IFormatProvider?)null) ?? "none"}: "
            + $"two refusals cost no term; for good: stops by D = {Ms(deadline)}",
            $"ended after {Ms(ended)}, {requests} requests in {Ms(Between(last, next.Start))}");
    }

    [ApiServerFact]
    public async Task Fault35_a_rotated_token_is_read_again_within_one_attempt()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        ApiServerUser old = await fixture.Server.CreateUserAsync(scene.Namespace, Rights);
        ApiServerUser renewed = await fixture.Server.CreateUserAsync(scene.Namespace, Rights);
        string token = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(token, old.Token);
        var setup = new FaultReplicaSetup
        {
            Configure = options =>
            {
                FaultReplicaSetup.Lasting.Configure!(options);
                options.Kubernetes.TokenFile = token;
            },
        };
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync(setup);

        await File.WriteAllTextAsync(token, renewed.Token);
        leader.Proxy.Expire(old.Token);
        standby.Proxy.Expire(old.Token);
        long then = WorkJournal.Now; // What has arrived before may have come with the old one.
        await leader.RenewsAsync(after: then);
        TimeSpan took = Between(then, leader.LastRenewal);
        await leader.Host.StopAsync();
        await standby.WorksAsync();

        Assert.Empty(leader.Host.Logs.Named("RenewalFailed"));
        Assert.Equal(
            2, scene.Conclude(35, "rotated token: 0 failed renewals", $"0 failed; renewed {Ms(took)} after the old one had expired").Terms);
    }

    [ApiServerFact]
    public async Task Fault35_an_expired_token_ends_the_term_at_its_deadline_and_is_named()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        ApiServerUser user = await fixture.Server.CreateUserAsync(scene.Namespace, Rights);
        FaultReplica leader = await scene.LeaderAsync(new FaultReplicaSetup { User = user });
        FaultReplica standby = await scene.StandbyAsync(leader);

        leader.Proxy.Expire(user.Token);

        await StopsInGoodOrderAsync(scene, leader, standby, "401 for good", "401");
    }

    [ApiServerFact]
    public async Task Fault35_removed_rights_end_the_term_at_its_deadline_and_are_named_until_they_come_back()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        ApiServerUser user = await fixture.Server.CreateUserAsync(scene.Namespace, Rights);
        FaultReplica leader = await scene.LeaderAsync(new FaultReplicaSetup { User = user });
        FaultReplica standby = await scene.StandbyAsync(leader);

        await fixture.Server.RevokeAsync(user, scene.Namespace);

        WorkSpan next = await StopsInGoodOrderAsync(scene, leader, standby, "403 for good", "update");
        await fixture.Server.GrantAsync(user, scene.Namespace, Rights);
        await standby.Host.StopAsync();
        await leader.WorksAsync(after: next.Token);
    }

    [ApiServerFact]
    public async Task Fault35_a_rotated_certificate_authority_is_read_again_before_the_deadline()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        string file = Path.Combine(_folder.FullName, "ca.crt");
        await File.WriteAllTextAsync(file, fixture.Server.CertificateAuthorityPem);
        FaultReplica leader = await scene.LeaderAsync(new FaultReplicaSetup
        {
            Configure = options =>
            {
                FaultReplicaSetup.Roomy.Configure!(options);
                options.Kubernetes.CertificateAuthorityFile = file;
            },
        });
        await scene.StandbyAsync(leader);
        using var renewed = new CertificateAuthority();

        await File.WriteAllTextAsync(file, renewed.Pem);
        leader.Proxy.Present(renewed);
        leader.Proxy.ResetConnections();
        long then = WorkJournal.Now; // What has arrived before had another connection.
        await leader.RenewsAsync(after: then);
        TimeSpan took = Between(then, leader.LastRenewal);
        await PassAsync(Lease);

        Assert.Equal(
            1, scene.Conclude(
                35, "rotated CA: the same term", $"renewed {Ms(took)} after the connections were reset (interval {Ms(Interval)})").Terms);
    }

    private static async Task<WorkSpan> StopsInGoodOrderAsync(
        FaultScene scene, FaultReplica leader, FaultReplica standby, string what, string named,
        [CallerMemberName] string test = "")
    {
        WorkSpan next = await standby.WorksAsync();
        WorkSpan work = await leader.EndsAsync(leader.Spans.Single());
        (TimeSpan ended, TimeSpan began) = (Between(leader.LastRenewal, work.End!.Value), Between(leader.LastRenewal, next.Start));

        Assert.InRange(ended, TimeSpan.Zero, Deadline + Slack);
        Assert.InRange(began, Lease, Lease + Slack);
        Assert.Contains(
            named,
            leader.Host.Logs.Named("RenewalFailed").First(entry => !SlowAnswer.IsTold(entry.Message)).Message,
            StringComparison.Ordinal);
        scene.Conclude(
            35, $"{what}: stops by D = {Ms(Deadline)}, error surfaced", $"ended after {Ms(ended)}, another led after {Ms(began)}",
            test: test);
        return next;
    }
}
