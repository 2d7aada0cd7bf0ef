using LeaseElection.Hosting.Configuration;
using Microsoft.Extensions.Configuration;

namespace LeaseElection.Hosting.Tests;

public class LeaderElectionSectionCheckTests
{
    private const string AllNames =
        "LeaseName, LeaseNamespace, Identity, LeaseDuration, RenewDeadline, RenewInterval, RetryPeriod, StopTimeout, ReleaseOnStop, "
        + "TakeOverBackoff, WhenWorkEnds, WhenWorkOverruns, Store, Enabled, Kubernetes:ApiServer, Kubernetes:TokenFile, "
        + "Kubernetes:CertificateAuthorityFile, Kubernetes:KubeConfig, Kubernetes:Context, "
        + "Kubernetes:PublishEvents, Kubernetes:LabelLeaderPod, Kubernetes:TakeOverFromTerminated, Kubernetes:ContainerName, "
        + "File:Directory, "
        + "Members:LeaseDuration, Members:RenewInterval, "
        + "Partitions:Count, Partitions:MoveAfter";

    [Theory]
    [InlineData("LeasDuration", "00:00:30", "LeaderElection:LeasDuration is not a known setting; did you mean LeaseDuration?")]
    [InlineData("leasename", "x", null)]
    [InlineData("Namespace", "shop", "LeaderElection:Namespace is not a known setting; did you mean LeaseNamespace?")]
    [InlineData("LeaseDurationSeconds", "15", "LeaderElection:LeaseDurationSeconds is not a known setting; did you mean LeaseDuration?")]
    [InlineData("KubeConfig", "/k", "LeaderElection:KubeConfig is not a known setting; did you mean Kubernetes:KubeConfig?")]
    [InlineData(
        "Kubernetes:ApiServr", "https://a",
        "LeaderElection:Kubernetes:ApiServr is not a known setting; did you mean Kubernetes:ApiServer?")]
    [InlineData(
        "Partitions:Number", "12", "LeaderElection:Partitions:Number is not a known setting; remove it. Known are Count, MoveAfter.")]
    [InlineData(
        "members:LeaseTime", "00:00:40", "LeaderElection:members:LeaseTime is not a known setting; did you mean Members:LeaseDuration?")]
    [InlineData("Kubernets:Context", "x", "LeaderElection:Kubernets is not a known setting; did you mean Kubernetes?")]
    [InlineData("Colour", "red", "LeaderElection:Colour is not a known setting; remove it. Known are " + AllNames + ".")]
    [InlineData(
        "LeaseDuration", "15s",
        "LeaderElection:LeaseDuration is \"15s\", but must be hours:minutes:seconds: write \"00:00:15\" for 15 seconds.")]
    [InlineData(
        "RetryPeriod", "soon", "LeaderElection:RetryPeriod is \"soon\", but must be hours:minutes:seconds, for example \"00:00:15\".")]
    [InlineData("Enabled", "abc", "LeaderElection:Enabled is \"abc\", but must be \"true\" or \"false\".")]
    [InlineData("ReleaseOnStop", "1", "LeaderElection:ReleaseOnStop is \"1\", but must be \"true\" or \"false\".")]
    [InlineData("TakeOverBackoff", "00:01:00", "LeaderElection:TakeOverBackoff is \"00:01:00\", but must be \"true\" or \"false\".")]
    [InlineData("Store", "Kubernets", "LeaderElection:Store is \"Kubernets\", but must be one of Auto, Kubernetes, File.")]
    [InlineData("Store", "1", "LeaderElection:Store is \"1\", but must be one of Auto, Kubernetes, File.")]
    [InlineData(
        "WhenWorkEnds", "StepDown, Restart",
        "LeaderElection:WhenWorkEnds is \"StepDown, Restart\", but must be one of Default, StepDown, Restart, StopHost, Stay.")]
    [InlineData("Kubernetes", "true",
        "LeaderElection:Kubernetes is \"true\", but must be a section: ApiServer, TokenFile, "
            + "CertificateAuthorityFile, KubeConfig, Context, "
        + "PublishEvents, LabelLeaderPod, TakeOverFromTerminated, ContainerName.")]
    [InlineData("LeaseDuration:Seconds", "15",
        "LeaderElection:LeaseDuration holds Seconds, but must be a single value: hours:minutes:seconds, for example \"00:00:15\".")]
    [InlineData(
        "reports:LeaseName", "x",
        "LeaderElection:reports belongs to no registered election. Call AddLeaderElection(\"reports\"), or remove the section.")]
    [InlineData(
        "ScheduledWork:CloseTheBooks:Cron", "0 3 * * *",
        "LeaderElection:ScheduledWork is not a known setting; it belongs at the root of the configuration: ScheduledWork.")]
    public void Run_OneEntry_IsKnownOrNamedWithTheFix(string key, string value, string? expected)
    {
        string[] failures = Check(new() { ["LeaderElection:" + key] = value }, new LeaderElectionRegistration("", Section: null));

        Assert.Equal(expected is null ? [] : [expected], failures);
    }

    [Fact]
    public void Run_SectionWithAValue_IsRefused()
    {
        string[] failures = Check(new() { ["LeaderElection"] = "true" }, new LeaderElectionRegistration("", Section: null));

        Assert.Equal(["LeaderElection is \"true\", but must be a section with settings such as LeaseName."], failures);
    }

    [Fact]
    public void Run_SectionOfARegisteredElection_IsKnown()
    {
        string[] failures = Check(
            new() { ["LeaderElection:Reports:LeaseName"] = "x" }, new LeaderElectionRegistration("reports", Section: null));

        Assert.Empty(failures);
    }

    [Fact]
    public void Run_SectionOfABroker_BelongsAtTheRoot()
    {
        string[] failures = Check(
            new() { ["LeaderElection:leaseLocks:Store"] = "File" },
            new LeaderElectionRegistration("", Section: null),
            new LeaderElectionRegistration("LeaseLocks", Section: null) { IsBroker = true });

        Assert.Equal(
            ["LeaderElection:leaseLocks is not a known setting; it belongs at the root of the configuration: LeaseLocks."], failures);
    }

    [Fact]
    public void Run_MistypedElection_SuggestsTheRegisteredOne()
    {
        string[] failures = Check(
            new() { ["LeaderElection:reprots:LeaseName"] = "x", ["LeaderElection:report"] = "x" },
            new LeaderElectionRegistration("reports", Section: null));

        Assert.Equal(
            [
                "LeaderElection:report is not a known setting; did you mean reports?",
                "LeaderElection:reprots belongs to no registered election; did you mean reports? "
                + "Call AddLeaderElection(\"reprots\"), or remove the section.",
            ],
            failures);
    }

    [Fact]
    public void Run_SectionBoundByItsPath_IsKnown()
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["LeaderElection:teams:a:LeaseName"] = "x" }).Build();
        var check = new LeaderElectionSectionCheck(
            [new LeaderElectionRegistration("a", configuration.GetSection("LeaderElection:teams:a"))]);

        check.Run(configuration.GetSection("LeaderElection"));

        Assert.Empty(check.Failures);
    }

    private static string[] Check(Dictionary<string, string?> values, params LeaderElectionRegistration[] registrations)
    {
        var check = new LeaderElectionSectionCheck(registrations);
        check.Run(new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("LeaderElection"));
        return [.. check.Failures];
    }
}
