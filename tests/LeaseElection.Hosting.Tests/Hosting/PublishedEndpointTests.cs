using LeaseElection.Testing;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>Where a leader can be reached, as it says itself and every replica reads.</summary>
public sealed class PublishedEndpointTests : HostTest
{
    private const string Form =
        "Give an absolute address by http or https at which the other replicas reach this one, for example http://10.0.0.7:8080.";

    private const string ForAll = "stands for all addresses of a machine, and nobody else can connect to that. " + Form;
    private const string HasQuery = "has a query or a fragment. Leave it out: each request has its own.";

    private static readonly Uri Mine = new("http://10.0.0.7:8080");

    [Fact]
    public async Task Endpoint_IsSeenByEveryReplica_AndGoesWithItsTerm()
    {
        ElectionHost leader = NewHost();
        leader.AddElection().PublishEndpoint(Mine);
        ElectionHost standby = NewHost("other");
        standby.AddElection();
        await leader.StartAndLeadAsync();
        await standby.StartAsync();
        await UntilAsync(standby, status => status.HolderIdentity == "me");

        Assert.Equal(Mine, leader.Election.Status.LeaderEndpoint);
        Assert.Equal(Mine, standby.Election.Status.LeaderEndpoint);

        await leader.StopAsync();
        await standby.LeadAsync();
        Assert.Null(standby.Election.Status.LeaderEndpoint);
        Assert.DoesNotContain("term.leaseelection.dev/leader-endpoint", Server.Lease!.ReadAnnotations().Keys);
    }

    [Fact]
    public async Task Endpoint_GoesWithTheTakeOver_AndCostsNoRequest()
    {
        int without = await RequestsAsync(NewHost(), _ => { });
        int before = Server.Requests;

        int with = await RequestsAsync(NewHost("other"), election => election.PublishEndpoint(Mine)) - before;

        Assert.Equal(without, with);
    }

    [Fact]
    public async Task Factory_IsAskedOnce_BeforeThisProcessStands()
    {
        var asked = new List<int>();
        ElectionHost host = NewHost();
        host.AddElection().PublishEndpoint(_ =>
        {
            asked.Add(Server.Requests);
            return Mine;
        });
        await host.StartAndLeadAsync();
        await RenewAsync();

        Assert.Equal([0], asked);
        Assert.Equal(Mine, host.Election.Status.LeaderEndpoint);
    }

    [Fact]
    public async Task Factory_ThatKnowsNone_PublishesNone_AndIsNoReasonToWarn()
    {
        ElectionHost host = NewHost();
        host.AddElection().PublishEndpoint(_ => null);
        await host.StartAndLeadAsync();

        Assert.Null(host.Election.Status.LeaderEndpoint);
        Assert.Empty(host.Logs.Named("EndpointNotPublished"));
    }

    [Fact]
    public async Task Factory_ThatThrows_CostsAWarningAndNoLeadership()
    {
        ElectionHost host = NewHost();
        host.AddElection().PublishEndpoint(_ => throw new InvalidOperationException("The variable MY_HOST is not set."));
        await host.StartAndLeadAsync();

        Assert.Null(host.Election.Status.LeaderEndpoint);
        Assert.Equal(
            (LogLevel.Warning, $"The terms of lease {host.Election.LeaseNamespace}/settlement do not "
                + $"say where this process can be reached: while "
                + "it leads, others refuse what they would forward. The variable MY_HOST is not set."),
            (host.Logs.Named("EndpointNotPublished").Single().Level, host.Logs.Named("EndpointNotPublished").Single().Message));
    }

    [Fact]
    public async Task Factory_ThatGivesWhatNobodyCanAsk_CostsAWarning()
    {
        ElectionHost host = NewHost();
        host.AddElection().PublishEndpoint(_ => new Uri("http://0.0.0.0:8080"));
        await host.StartAndLeadAsync();

        Assert.Null(host.Election.Status.LeaderEndpoint);
        Assert.Contains("http://0.0.0.0:8080", host.Logs.Named("EndpointNotPublished").Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastCall_Wins_AndEachElectionHasItsOwn()
    {
        await using var host = new ElectionHost(_ => new(Time), "me", Time);
        host.AddElection().PublishEndpoint(new Uri("http://10.0.0.1")).PublishEndpoint(Mine);
        host.AddElection("reports", options => options.LeaseName = "reports");
        await host.StartAndLeadAsync();
        await host.Keyed("reports").WaitForLeadershipAsync().WaitAsync(Signal.Patience);

        Assert.Equal(Mine, host.Election.Status.LeaderEndpoint);
        Assert.Null(host.Keyed("reports").Status.LeaderEndpoint);
    }

    [Theory]
    [InlineData("/settle", "The endpoint \"/settle\" is relative. " + Form)]
    [InlineData("10.0.0.7:8080", "The endpoint \"10.0.0.7:8080\" is relative. " + Form)]
    [InlineData("localhost:8080", "The endpoint \"localhost:8080\" is by localhost. " + Form)]
    [InlineData("ftp://10.0.0.7/", "The endpoint \"ftp://10.0.0.7/\" is by ftp. " + Form)]
    [InlineData("http://me:secret@10.0.0.7/", "The endpoint \"http://10.0.0.7/\" has a user name or "
        + "password in it, which everybody reads who may "
        + "read the lease. Leave it out.")]
    [InlineData("http://10.0.0.7/?a=b", "The endpoint \"http://10.0.0.7/?a=b\" " + HasQuery)]
    [InlineData("http://10.0.0.7/#a", "The endpoint \"http://10.0.0.7/#a\" " + HasQuery)]
    [InlineData("http://0.0.0.0:8080/", "The endpoint \"http://0.0.0.0:8080/\" " + ForAll)]
    [InlineData("http://[::]:8080/", "The endpoint \"http://[::]:8080/\" " + ForAll)]
    [InlineData(
        "http://10.0.0.7:0/", "The endpoint \"http://10.0.0.7:0/\" has port 0, which stands for one that is not known yet. " + Form)]
    public void Endpoint_ThatNobodyCanAsk_IsRefused(string endpoint, string expected)
    {
        LeaderElectionBuilder election = NewHost().AddElection();

        var exception = Assert.Throws<ArgumentException>(() => election.PublishEndpoint(new Uri(endpoint, UriKind.RelativeOrAbsolute)));

        Assert.Equal($"{expected} (Parameter 'endpoint')", exception.Message);
    }

    [Fact]
    public void Endpoint_ThatIsTooLong_IsRefused() => Assert.Equal(
        $"The endpoint has 5016 characters; 4096 fit on a lease. {Form} (Parameter 'endpoint')",
        Assert.Throws<ArgumentException>(
            () => NewHost().AddElection().PublishEndpoint(new Uri("http://10.0.0.7/" + new string('a', 5000)))).Message);

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://me:secret@10.0.0.7/")]
    [InlineData("/settle")]
    [InlineData("")]
    public async Task Note_ThatIsNoEndpoint_IsNone(string text)
    {
        ElectionHost host = NewHost();
        host.AddElection();
        LeadershipTerm term = await host.StartAndLeadAsync();

        await term.WriteNoteAsync("leader-endpoint", text, NoteLife.Term).WaitAsync(Signal.Patience);

        Assert.Equal((null, text), (host.Election.Status.LeaderEndpoint, host.Election.Status.Notes["leader-endpoint"]));
    }

    /// <summary>How many requests there were in all when a host has led for three renewals and stopped.</summary>
    private async Task<int> RequestsAsync(ElectionHost host, Action<LeaderElectionBuilder> configure)
    {
        configure(host.AddElection());
        await host.StartAndLeadAsync();
        for (int i = 0; i < 3; i++)
            await RenewAsync();
        await host.StopAsync();
        return Server.Requests;
    }

    private static async Task UntilAsync(ElectionHost host, Func<LeaderElectionStatus, bool> condition)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in host.Election.WatchAsync(patience.Token))
        {
            if (condition(status))
                return;
        }
    }
}
