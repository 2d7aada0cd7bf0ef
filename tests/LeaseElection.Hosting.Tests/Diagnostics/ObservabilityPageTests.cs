using System.Diagnostics;
using System.Text.RegularExpressions;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Telemetry;

namespace LeaseElection.Hosting.Tests;

/// <summary>The tables of docs/observability.md name what listeners are told, all of it and nothing else.</summary>
public sealed partial class ObservabilityPageTests : HostTest
{
    private const string LeaseName = "leader_election.lease.name";
    private const string LeaseNamespace = "leader_election.lease.namespace";

    private readonly string _lease = "lease-" + Guid.NewGuid().ToString("n");

    [Fact]
    public async Task InstrumentTable_IsWhatTheMeterHas()
    {
        ElectionHost host = NewHost();
        host.AddElection();
        using var recorder = new MeasurementRecorder(host.Host.Services);
        await host.StartAsync();

        Assert.Equal(
            recorder.Instruments.Select(one => (one.Name, $"{one.GetType().Name.Split('`')[0]}, `{one.Unit}`", one.Description!)).Order(),
            Table("instrument").Select(row => (Unquoted(row[0]), row[1], row[3])).Order());
    }

    [Fact]
    public async Task InstrumentAndSpanTables_HaveTheTagsThatListenersSee()
    {
        using var activities = new ActivityRecorder(_lease);
        Work.Obeys = false;
        ElectionHost loser = NewHost();
        using var recorder = new MeasurementRecorder(Prepared(loser).Host.Services);
        loser.Store.Next(FakeFault.Fail);
        await LoseAsync(loser, recorder);
        await GiveUpInVainAsync();
        IEnumerable<Measured> all = [.. recorder.All, .. await ShareAsync()];

        Assert.Equal(
            all.GroupBy(measured => measured.Instrument).Select(
                group => (group.Key, Names(group.SelectMany(one => one.Tags.Keys)))).Order(),
            Table("instrument").Select(row => (Unquoted(row[0]), Names(Quoted(row[2])))).Order());
        Assert.Equal(
            activities.All.GroupBy(one => one.OperationName).Select(group => (group.Key, Names(group.SelectMany(TagsOf)))).Order(),
            Table("span").Select(row => (Unquoted(row[0]), Names(Quoted(row[2])))).Order());
        Assert.All(all, measured => Assert.Equal((_lease, "shop"), (measured[LeaseName], measured[LeaseNamespace])));
        Assert.All(activities.All, one => Assert.Contains(LeaseNamespace, TagsOf(one)));
    }

    [Fact]
    public void TagTable_HasEveryValue()
    {
        (string, IEnumerable<string>)[] known =
        [
            ("`leader_election.transition`", [TelemetryTags.Acquired, TelemetryTags.Lost, TelemetryTags.Released]),
            ("`leader_election.reason`, of what ended", [.. TagValue<StopReason>.All, TelemetryTags.Abandoned]),
            ("`leader_election.operation`", [TelemetryTags.Get, TelemetryTags.Create, TelemetryTags.Update, TelemetryTags.Release]),
            ("`error.type` of a request, only when it failed",
                [.. TagValue<LeaseStoreErrorKind>.All, TelemetryTags.Conflict, TelemetryTags.OtherError]),
            ("`error.type` of a fault", [TelemetryTags.OtherError]),
        ];
        Assert.Equal(
            known.Select(tag => (tag.Item1, string.Join(' ', tag.Item2.Order()))),
            Table("tag").Select(row => (row[0], string.Join(' ', Quoted(row[1]).Order()))));
        Assert.Contains($"after {ErrorTypes.Most} different ones", Table("tag").Last()[1], StringComparison.Ordinal);
    }

    [Fact]
    public void LogTable_IsEveryLoggerMessage() => LogTable.IsEveryMessageOf(typeof(LeaderElectionBuilder).Assembly, "id");

    private ElectionHost Prepared(ElectionHost host)
    {
        host.AddElection(options => (options.LeaseName, options.WhenWorkOverruns) = (_lease, WorkOverrunPolicy.Log)).AddWork(Work.RunAsync);
        return host;
    }

    /// <summary>
    /// Everything that can be measured: a request fails, a term is in danger and is lost, its work overruns and then throws.
    /// </summary>
    private async Task LoseAsync(ElectionHost host, MeasurementRecorder recorder)
    {
        await host.StartAsync();
        await host.Logs.WaitForAsync("StoreFailed");
        Time.Advance(TimeSpan.FromSeconds(1));
        await Work.StartedAsync();
        recorder.Observe("leader_election.leader");
        await host.Election.Term!.WriteNoteAsync("checkpoint", "batch 41").WaitAsync(Signal.Patience);
        host.Store.Next(FakeFault.Fail);
        Time.Advance(TimeSpan.FromSeconds(5));
        await recorder.UntilAsync("leader_election.term.dangers", 1);
        Server.Edit(record => record with { HolderIdentity = "other" });
        await host.UntilStateAsync(LeaderElectionState.Draining);
        Time.Advance(TimeSpan.FromSeconds(5));
        await recorder.UntilAsync("leader_election.work.overruns", 1);
        Work.Fail(new TimeoutException());
        await recorder.UntilAsync("leader_election.work.faults", 1);
        await host.StopAsync();
    }

    private async Task GiveUpInVainAsync()
    {
        await using var host = new ElectionHost(new FakeLeaseServer(Time));
        await Prepared(host).StartAndLeadAsync();
        await Work.RunningAsync();
        host.Store.All(FakeFault.Forbid);
        Task stopping = host.StopAsync();
        await Work.ToldToStopAsync();
        Work.Return();
        await host.Election.UntilAsync(status => status.LastError is not null, Signal.Patience); // Refused; its time need not run before.
        await AdvanceUntilAsync(() => stopping.IsCompleted);
        await stopping;
    }

    /// <summary>What is measured of partitions alone: they are taken over, and given up.</summary>
    private async Task<IReadOnlyList<Measured>> ShareAsync()
    {
        ElectionHost host = NewHost("sharer");
        var runs = new PartitionRuns();
        host.AddElection(options => options.LeaseName = _lease).AddPartitionedWork((_, _, term, token) => runs.RunAsync(term, token), 2);
        using var recorder = new MeasurementRecorder(host.Host.Services);
        await host.StartAsync();
        await AdvanceUntilAsync(() => runs.Running == 2);
        recorder.Observe("leader_election.partitions.held");
        recorder.Observe("leader_election.partitions.unowned");
        await host.StopAsync();
        return [.. recorder.All.Where(measured => measured.Instrument.StartsWith("leader_election.partitions.", StringComparison.Ordinal))];
    }

    private static List<string[]> Table(string heading) => MarkdownTable.Rows("observability.md", heading);

    private static IEnumerable<string> TagsOf(Activity activity) => activity.TagObjects.Select(tag => tag.Key);

    /// <summary>The names of tags but for those that everything has, as one text that can be compared.</summary>
    private static string Names(IEnumerable<string> tags) =>
        string.Join(' ', tags.Where(tag => tag is not LeaseName and not LeaseNamespace).Distinct().Order());

    private static string Unquoted(string cell) => cell.Trim('`');

    private static IEnumerable<string> Quoted(string cell) => Code().Matches(cell).Select(match => match.Groups["text"].Value);

    [GeneratedRegex("`(?<text>[^`]*)`", RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
