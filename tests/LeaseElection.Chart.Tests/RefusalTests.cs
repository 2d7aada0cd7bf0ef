using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>Wrong values are refused before anything is sent, in words that say what to write instead.</summary>
public sealed class RefusalTests
{
    private const string Schema = "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nleader-elected-app:\n- ";

    private const string DurationRule =
        "Does not match pattern '^$|^[0-9]{2}:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,3})?$|$ write hours:minutes:seconds in quotes, as in \"00:00:15\"'";

    [ChartTheory]
    [InlineData("replicaCount=three", "replicaCount: Invalid type. Expected: integer, given: string")]
    [InlineData("replicaCount=\"3\"", "replicaCount: Invalid type. Expected: integer, given: string")]
    [InlineData("replicaCount=-1", "replicaCount: Must be greater than or equal to 0")]
    [InlineData("election.leaseDuration=\"15\"", "election.leaseDuration: " + DurationRule)]
    [InlineData("election.leaseDuration=15", "election.leaseDuration: Invalid type. Expected: string, given: integer")]
    [InlineData("election.retryPeriod=\"2s\"", "election.retryPeriod: " + DurationRule)]
    [InlineData("replicas=3", "(root): Additional property replicas is not allowed")]
    [InlineData("election.leasDuration=\"00:00:15\"", "election: Additional property leasDuration is not allowed")]
    [InlineData(
        "election.timing=fastest",
        "election.timing: election.timing must be one of the following: \"fast\", \"standard\", \"tolerant\", \"singleNode\", \"custom\"")]
    [InlineData("election.releaseOnStop=\"yes\"", "election.releaseOnStop: Invalid type. Expected: boolean, given: string")]
    [InlineData(
        "election.leaseName=My_App",
        "election.leaseName: Does not match pattern '^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$|$ lower-case letters, digits, - and ., as in my-app'")]
    [InlineData("probes.readyPath=readyz", "probes.readyPath: Does not match pattern '^/|$ begin with a slash, as in /readyz'")]
    [InlineData("port=80808", "port: Must be less than or equal to 65535")]
    [InlineData("image.tag=1.10", "image.tag: Invalid type. Expected: string, given: number")]
    public async Task Value_AgainstTheSchema_IsRefusedWithItsRule(string value, string message)
    {
        string refusal = await Of(value).RefusalAsync();

        // Later versions of helm have other words for types; the name of the value and the rule in the pattern stay.
        if (ChartPrograms.IsHelmItself)
            Assert.Contains(value.Split('=')[0].Split('.')[^1], refusal, StringComparison.Ordinal);
        else
            Assert.Equal(Schema + message, refusal);
    }

    [ChartTheory]
    [InlineData(
        "image.repository=\"\"",
        "image.repository is not set, but there is nothing to run without it: set it to the image of your app, as in --set image.repository=ghcr.io/me/my-app")]
    [InlineData(
        "election.timing=custom",
        "election.leaseDuration is not set, but election.timing=custom has no default for it: write all of leaseDuration, renewDeadline and retryPeriod, or take the timing fast, standard, tolerant or singleNode")]
    [InlineData(
        "election.leaseDuration=\"00:00:15.5\"",
        "election.leaseDuration is 00:00:15.5, but must be whole seconds from 00:00:01 to 01:00:00: write for example \"00:00:15\"")]
    [InlineData(
        "election.renewDeadline=\"00:00:15\"",
        "election.renewDeadline is 00:00:15, but must be at least 00:00:00.2 and less than leaseDuration (00:00:15): the difference is the time in which work stops before another replica may start it; write for example two thirds of leaseDuration")]
    [InlineData(
        "election.retryPeriod=\"00:00:11\"",
        "election.retryPeriod is 00:00:11, but must be longer than zero and at most renewDeadline (00:00:10): write for example \"00:00:02\"")]
    [InlineData(
        "election.renewInterval=\"00:00:06\"",
        "election.renewInterval is 00:00:06, but must be at least 00:00:00.1 and at most half of renewDeadline (00:00:10), so that two attempts fit: write less, or leave it out for the default")]
    [InlineData(
        "election.stopTimeout=\"00:00:06\"",
        "election.stopTimeout is 00:00:06, but must be longer than zero and at most leaseDuration (00:00:15) - renewDeadline (00:00:10), after which another replica may lead: write less, or leave it out for all of it")]
    [InlineData(
        "shutdown.gracePeriodSeconds=30",
        "shutdown.gracePeriodSeconds is 30, but must be more than shutdown.timeoutSeconds (30) and shutdown.preStopSeconds (0) together: the kubelet would kill work that drains, and the lease would have to run out; write for example 35, or leave it out")]
    [InlineData(
        "shutdown.timeoutSeconds=6",
        "shutdown.timeoutSeconds is 6, but must be at least 7: election.stopTimeout (leaseDuration - renewDeadline if not set), in which work stops, and what the library needs to release the lease; write 7 or more, or leave it out")]
    [InlineData(
        "leaderService.enabled=true",
        "leaderService.enabled is true, but nothing labels the leader's Pod, so the Service would have no endpoint: set election.labelLeaderPod=true as well")]
    [InlineData("port=null", "probes.enabled is true, but port is null, so there is nothing to reach: set port, or probes.enabled=false")]
    [InlineData(
        "serviceAccount.create=false",
        "serviceAccount.name is not set, but the chart is told to make none: name the service account that is there, or set serviceAccount.create=true")]
    [InlineData("sidecar.enabled=true", "sidecar.image is not set, but sidecar.enabled is true: set it to an image of leader-elector")]
    [InlineData(
        "env=[{name: LeaderElection__LeaseName, value: x}]",
        "env has LeaderElection__LeaseName, which this chart sets itself: use the values under election and shutdown")]
    [InlineData(
        "podLabels={leaseelection.dev/role: leader}",
        "podLabels has leaseelection.dev/role, which says who leads and is set by the leader: take it out, and set election.labelLeaderPod=true if you want it")]
    [InlineData(
        "commonLabels={app.kubernetes.io/name: other}",
        "commonLabels has app.kubernetes.io/name, by which the Deployment knows its Pods: take it out, and use nameOverride for another name")]
    public async Task Value_AgainstARuleOfTheTemplates_IsRefusedWithReasonAndFix(string value, string message)
    {
        string refusal = await Of(value).RefusalAsync();

        Assert.Matches("^Error: execution error at \\(leader-elected-app/templates/[^)]*:[0-9]+:[0-9]+\\): ", refusal);
        Assert.Equal(message, refusal[(refusal.IndexOf("): ", StringComparison.Ordinal) + 3)..]);
    }

    [ChartFact]
    public async Task Sidecar_WithAnOptionThatItHasNot_IsRefused()
    {
        var chart = new HelmChart { Combination = "sidecar", Set = ["election.retryPeriod=\"00:00:05\""] };

        Assert.EndsWith(
            "election.retryPeriod is set, but sidecar.enabled is true and the sidecar has no such setting: it takes leaseDuration (--ttl) and renewDeadline alone; leave election.retryPeriod out",
            await chart.RefusalAsync(), StringComparison.Ordinal);
    }

    [ChartFact]
    public async Task Kubernetes_TooOld_IsRefused() => Assert.Equal(
        "Error: chart requires kubeVersion: >=1.20.0-0 which is incompatible with Kubernetes v1.19.16",
        await new HelmChart { Kubernetes = "1.19.16" }.RefusalAsync());

    private static HelmChart Of(string value) => new() { Set = [value] };
}
