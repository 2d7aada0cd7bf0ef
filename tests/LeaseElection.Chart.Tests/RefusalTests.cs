using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>Wrong values are refused before anything is sent, in words that say what to write instead.</summary>
public sealed class RefusalTests
{
    private const string Schema =
        "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nleader-elected-app:\n- ";

    private const string Duration =
        "^$|^[0-9]{2}:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,3})?$|$ write hours:minutes:seconds in quotes, as in \"00:00:15\"";

    private const string Name =
        "^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$|$ lower-case letters, digits, - and ., as in my-app";

    /// <summary>250 characters: a name for a Lease, but not for a thousand.</summary>
    private const string LongName = Fifty + Fifty + Fifty + Fifty + Fifty;

    private const string Fifty = "a-lease-name-of-fifty-characters-that-is-too-longx";

    private const string LockName =
        "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$|$ lower-case letters, digits, - and ., as in my-app";

    /// <summary>The words for types and limits are helm's, of 3 and of 4; the rule in a pattern is ours.</summary>
    [ChartTheory]
    [InlineData(
        "replicaCount=three", "replicaCount: Invalid type. Expected: [integer,null], given: string",
        "at '/replicaCount': got string, want null or integer")]
    [InlineData(
        "replicaCount=\"3\"", "replicaCount: Invalid type. Expected: [integer,null], given: string",
        "at '/replicaCount': got string, want null or integer")]
    [InlineData("replicaCount=-1", "replicaCount: Must be greater than or equal to 0", "at '/replicaCount': minimum: got -1, want 0")]
    [InlineData(
        "election.leaseDuration=\"15\"", $"election.leaseDuration: Does not match pattern '{Duration}'",
        $"at '/election/leaseDuration': '15' does not match pattern '{Duration}'")]
    [InlineData(
        "election.leaseDuration=15", "election.leaseDuration: Invalid type. Expected: string, given: integer",
        "at '/election/leaseDuration': got number, want string")]
    [InlineData(
        "election.retryPeriod=\"2s\"", $"election.retryPeriod: Does not match pattern '{Duration}'",
        $"at '/election/retryPeriod': '2s' does not match pattern '{Duration}'")]
    [InlineData("replicas=3", "(root): Additional property replicas is not allowed", "at '': additional properties 'replicas' not allowed")]
    [InlineData(
        "election.leasDuration=\"00:00:15\"", "election: Additional property leasDuration is not allowed",
        "at '/election': additional properties 'leasDuration' not allowed")]
    [InlineData(
        "election.timing=fastest",
        "election.timing: election.timing must be one of the following: \"fast\", \"standard\", \"tolerant\", \"singleNode\", \"custom\"",
        "at '/election/timing': value must be one of 'fast', 'standard', 'tolerant', 'singleNode', 'custom'")]
    [InlineData(
        "election.releaseOnStop=\"yes\"", "election.releaseOnStop: Invalid type. Expected: boolean, given: string",
        "at '/election/releaseOnStop': got string, want boolean")]
    [InlineData(
        "election.leaseName=My_App", $"election.leaseName: Does not match pattern '{Name}'",
        $"at '/election/leaseName': 'My_App' does not match pattern '{Name}'")]
    [InlineData(
        "probes.readyPath=readyz", "probes.readyPath: Does not match pattern '^/|$ begin with a slash, as in /readyz'",
        "at '/probes/readyPath': 'readyz' does not match pattern '^/|$ begin with a slash, as in /readyz'")]
    [InlineData("port=80808", "port: Must be less than or equal to 65535", "at '/port': maximum: got 80,808, want 65,535")]
    [InlineData(
        "image.tag=[a]", "image.tag: Invalid type. Expected: [string,number,boolean], given: array",
        "at '/image/tag': got array, want boolean or number or string")]
    [InlineData(
        "lease.create=\"yes\"", "lease.create: Invalid type. Expected: boolean, given: string",
        "at '/lease/create': got string, want boolean")]
    [InlineData(
        "rbac.createLease=\"no\"", "rbac.createLease: Invalid type. Expected: [boolean,null], given: string",
        "at '/rbac/createLease': got string, want null or boolean")]
    [InlineData(
        "serviceAccount.automount=\"false\"", "serviceAccount.automount: Invalid type. Expected: boolean, given: string",
        "at '/serviceAccount/automount': got string, want boolean")]
    [InlineData(
        "openshift=\"yes\"", "openshift: Invalid type. Expected: [boolean,null], given: string",
        "at '/openshift': got string, want null or boolean")]
    [InlineData(
        "helmTest.podLabels={a: 1}", "helmTest.podLabels.a: Invalid type. Expected: string, given: integer",
        "at '/helmTest/podLabels/a': got number, want string")]
    [InlineData(
        "helmTest.podAnnotations={a: true}", "helmTest.podAnnotations.a: Invalid type. Expected: string, given: boolean",
        "at '/helmTest/podAnnotations/a': got boolean, want string")]
    [InlineData(
        "helmTest.resources=[]", "helmTest.resources: Invalid type. Expected: object, given: array",
        "at '/helmTest/resources': got array, want object")]
    [InlineData(
        "runtimeClassName=1", "runtimeClassName: Invalid type. Expected: string, given: integer",
        "at '/runtimeClassName': got number, want string")]
    [InlineData(
        "partitions.count=0", "partitions.count: Must be greater than or equal to 1", "at '/partitions/count': minimum: got 0, want 1")]
    [InlineData(
        "partitions.count=10000", "partitions.count: Must be less than or equal to 1000",
        "at '/partitions/count': maximum: got 10,000, want 1,000")]
    [InlineData(
        "partitions.count=twelve", "partitions.count: Invalid type. Expected: [integer,null], given: string",
        "at '/partitions/count': got string, want null or integer")]
    [InlineData(
        "partitions.count=1.5", "partitions.count: Invalid type. Expected: [integer,null], given: number",
        "at '/partitions/count': got number, want null or integer")]
    [InlineData("partitions=12", "partitions: Invalid type. Expected: object, given: integer", "at '/partitions': got number, want object")]
    [InlineData(
        "members.enabled=\"yes\"", "members.enabled: Invalid type. Expected: boolean, given: string",
        "at '/members/enabled': got string, want boolean")]
    [InlineData(
        "locks.names=batch", "locks.names: Invalid type. Expected: array, given: string", "at '/locks/names': got string, want array")]
    [InlineData(
        "locks.names=[Batch Processor]", $"locks.names.0: Does not match pattern '{LockName}'",
        $"at '/locks/names/0': 'Batch Processor' does not match pattern '{LockName}'")]
    [InlineData("locks.names=[a, a]", "locks.names: array items[0,1] must be unique", "at '/locks/names': items at 0 and 1 are equal")]
    [InlineData(
        "locks.timing=custom",
        "locks.timing: locks.timing must be one of the following: \"\", \"fast\", \"standard\", \"tolerant\", \"singleNode\"",
        "at '/locks/timing': value must be one of '', 'fast', 'standard', 'tolerant', 'singleNode'")]
    [InlineData("lease.keep=null", "lease: keep is required", "at '/lease': missing property 'keep'")]
    [InlineData("election.releaseOnStop=null", "election: releaseOnStop is required", "at '/election': missing property 'releaseOnStop'")]
    [InlineData("probes=null", "(root): probes is required", "at '': missing property 'probes'")]
    [InlineData(
        "env=[{name: RETRIES, value: 5}]", "env.0.value: Invalid type. Expected: [string,null], given: integer",
        "at '/env/0/value': got number, want null or string")]
    public async Task Value_AgainstTheSchema_IsRefusedWithItsRule(string value, string helm3, string helm4)
    {
        Assert.EndsWith(Schema + helm3, await (Of(value) with { Helm = 3 }).RefusalAsync(), StringComparison.Ordinal);
        Assert.EndsWith(Schema + helm4, await Of(value).RefusalAsync(), StringComparison.Ordinal);
    }

    [ChartTheory]
    [InlineData(
        "image.repository=\"\"",
        "image.repository is not set, but there is nothing to run without it: set it to the image of your app, as in --set "
            + "image.repository=ghcr.io/me/my-app")]
    [InlineData(
        "election.timing=custom",
        "election.leaseDuration is not set, but election.timing=custom has no default for it: write all of leaseDuration, renewDeadline "
            + "and retryPeriod, or take the timing fast, standard, tolerant or singleNode")]
    [InlineData(
        "election.leaseDuration=\"00:00:15.5\"",
        "election.leaseDuration is 00:00:15.5, but must be whole seconds from 00:00:01 to 01:00:00: write for example \"00:00:15\"")]
    [InlineData(
        "election.renewDeadline=\"00:00:15\"",
        "election.renewDeadline is 00:00:15, but must be at least 00:00:00.2 and less than leaseDuration (00:00:15): the difference is the "
            + "time in which work stops before another replica may start it; write for example two thirds of leaseDuration")]
    [InlineData(
        "election.retryPeriod=\"00:00:11\"",
        "election.retryPeriod is 00:00:11, but must be longer than zero and at most renewDeadline (00:00:10): write for example "
            + "\"00:00:02\"")]
    [InlineData(
        "election.renewInterval=\"00:00:06\"",
        "election.renewInterval is 00:00:06, but must be at least 00:00:00.1 and at most half of renewDeadline (00:00:10), so that two "
            + "attempts fit: write less, or leave it out for the default")]
    [InlineData(
        "election.stopTimeout=\"00:00:06\"",
        "election.stopTimeout is 00:00:06, but must be longer than zero and at most leaseDuration (00:00:15) - renewDeadline (00:00:10), "
            + "after which another replica may lead: write less, or leave it out for all of it")]
    [InlineData(
        "shutdown.gracePeriodSeconds=30",
        "shutdown.gracePeriodSeconds is 30, but must be more than shutdown.timeoutSeconds (30) and shutdown.preStopSeconds (0) together: "
            + "the kubelet would kill work that drains, and the lease would have to run out; write for example 35, or leave it out")]
    [InlineData(
        "shutdown.timeoutSeconds=6",
        "shutdown.timeoutSeconds is 6, but must be at least 7: election.stopTimeout (leaseDuration - renewDeadline if not set), in which "
            + "work stops, and what the library needs to release the lease; write 7 or more, or leave it out")]
    [InlineData(
        "leaderService.enabled=true",
        "leaderService.enabled is true, but nothing labels the leader's Pod, so the Service would have no endpoint: set "
            + "election.labelLeaderPod=true as well")]
    [InlineData("port=null", "probes.enabled is true, but port is null, so there is nothing to reach: set port, or probes.enabled=false")]
    [InlineData(
        "serviceAccount.create=false",
        "serviceAccount.name is not set, but the chart is told to make none: name the service account that is there, or set "
            + "serviceAccount.create=true")]
    [InlineData("sidecar.enabled=true", "sidecar.image is not set, but sidecar.enabled is true: set it to an image of leader-elector")]
    [InlineData(
        "env=[{name: LeaderElection__LeaseName, value: x}]",
        "env has LeaderElection__LeaseName, which this chart sets itself: use the values under election, members, partitions and shutdown")]
    [InlineData(
        "podLabels={leaseelection.dev/role: leader}",
        "podLabels has leaseelection.dev/role, which says who leads and is set by the leader: take it out, and set "
            + "election.labelLeaderPod=true if you want it")]
    [InlineData(
        "commonLabels={app.kubernetes.io/name: other}",
        "commonLabels has app.kubernetes.io/name, by which the Deployment knows its Pods: take it out, "
            + "and use nameOverride for another name")]
    [InlineData(
        "helmTest.podLabels={app.kubernetes.io/instance: other}",
        "helmTest.podLabels has app.kubernetes.io/instance, by which the Deployment knows its Pods: take it "
            + "out, and use nameOverride for another name")]
    [InlineData(
        "commonLabels={leaseelection.dev/role: leader}",
        "commonLabels has leaseelection.dev/role, which says who leads and is set by the leader: take it out, and set "
            + "election.labelLeaderPod=true if you want it")]
    [InlineData("volumes=[{name: tmp}]", "volumes has tmp, a name that this chart has a volume of its own by: give it another name")]
    [InlineData(
        "volumes=[{name: kube-api-access}]",
        "volumes has kube-api-access, a name that this chart has a volume of its own by: give it another name")]
    [InlineData(
        "volumeMounts=[{name: data, mountPath: /tmp/}]",
        "volumeMounts has /tmp, where this chart mounts an emptyDir: mount it at another path")]
    [InlineData(
        "image.tag=1.10",
        "image.tag is 1.1, which helm has read as a number, so it may not be what you wrote: put it in quotes, as in tag: \"1.10\", or "
            + "write --set-string image.tag=1.10 on the command line")]
    [InlineData(
        "image.tag=20261127",
        "image.tag is 2.0261127e+07, which helm has read as a number, so it may not be what you wrote: put it in quotes, as in tag: "
            + "\"1.10\", or write --set-string image.tag=1.10 on the command line")]
    [InlineData(
        "image.tag=true",
        "image.tag is true, which helm has read as a boolean, so it may not be what you wrote: put it in quotes, as in tag: \"1.10\", or "
            + "write --set-string image.tag=1.10 on the command line")]
    public async Task Value_AgainstARuleOfTheTemplates_IsRefusedWithReasonAndFix(string value, string message)
    {
        string refusal = await Of(value).RefusalAsync();

        Assert.Equal(refusal, await (Of(value) with { Helm = 3 }).RefusalAsync());

        Assert.Matches("^Error: execution error at \\(leader-elected-app/templates/[^)]*:[0-9]+:[0-9]+\\): ", refusal);
        Assert.Equal(message, refusal[(refusal.IndexOf("): ", StringComparison.Ordinal) + 3)..]);
    }

    /// <summary>Each with the value that does not go with it.</summary>
    [ChartTheory]
    [InlineData(
        "members.enabled=true", "lease.create=true",
        "members.enabled is true, but the app may create no Lease (lease.create, rbac.createLease), and each replica makes one of its own, "
            + "whose name nobody knows before: set rbac.createLease=true, which RBAC cannot limit to names, or do without")]
    [InlineData(
        "partitions.count=12", "rbac.createLease=false",
        "partitions.count is set, but the app may create no Lease (lease.create, rbac.createLease), and each replica makes one of its own, "
            + "whose name nobody knows before: set rbac.createLease=true, which RBAC cannot limit to names, or do without")]
    [InlineData(
        "locks.enabled=true", "lease.create=true",
        "locks.enabled is true, but the app may create no Lease (lease.create, rbac.createLease), and a lock of any name needs one of its "
            + "own: write the names of all locks in locks.names, or set rbac.createLease=true")]
    [InlineData(
        "locks.enabled=true", "locks.names=[batch, shop-leader-elected-app]",
        "locks.names has shop-leader-elected-app, which is the Lease that the replicas are elected by: give the lock, or "
            + "election.leaseName, another name")]
    [InlineData(
        "partitions.count=12", "locks={enabled: true, names: [batch, shop-leader-elected-app-11]}",
        "locks.names has shop-leader-elected-app-11, which is the Lease of a partition: give the lock, "
            + "or election.leaseName, another name")]
    [InlineData(
        "partitions.count=12", "env=[{name: NODE_NAME, value: x}]",
        "env has NODE_NAME, which this chart sets itself where replicas know of each other "
            + "(members.enabled, partitions.count): take it out")]
    [InlineData(
        "locks={enabled: true, timing: fast}", "env=[{name: LeaseLocks__LeaseDuration, value: \"00:00:20\"}]",
        "env has LeaseLocks__LeaseDuration, which this chart sets itself by locks.timing=fast: take one of them out")]
    [InlineData(
        "members.enabled=true", "members.leaseDuration=\"00:00:00\"",
        "members.leaseDuration is 00:00:00, but must be whole seconds from 00:00:01 to 01:00:00: write for example \"00:00:40\", or leave "
            + "it out for the default")]
    [InlineData(
        "members.enabled=true", "members.renewInterval=\"00:00:13.334\"",
        "members.renewInterval is 00:00:13.334, but must be at least 00:00:00.1 and at most a third of members.leaseDuration (00:00:40): "
            + "write less, or leave it out for a quarter of it")]
    [InlineData(
        "partitions.count=12", "partitions.moveAfter=\"01:00:00.001\"",
        "partitions.moveAfter is 01:00:00.001, but must be at most 01:00:00: write for example \"00:00:10\", or leave it out for the "
            + "default")]
    [InlineData(
        "partitions.count=1000", "election.leaseName=" + LongName,
        "election.leaseName has 250 characters, but with partitions.count=1000 the last partition's Lease would have 254, and no name may "
            + "have more than 253: shorten it")]
    [InlineData(
        "partitions.count=12", "sidecar={enabled: true, image: x}",
        "partitions.count is set, but sidecar.enabled is true and the sidecar elects a leader and nothing else: set sidecar.enabled=false "
            + "for an app with the library, or take it out")]
    [InlineData(
        "members.enabled=true", "sidecar={enabled: true, image: x}",
        "members.enabled is true, but sidecar.enabled is true and the sidecar elects a leader and nothing else: set sidecar.enabled=false "
            + "for an app with the library, or take it out")]
    [InlineData(
        "locks.enabled=true", "sidecar={enabled: true, image: x}",
        "locks.enabled is true, but sidecar.enabled is true and the sidecar takes no locks: set sidecar.enabled=false for an app with the "
            + "library, or locks.enabled=false")]
    [InlineData(
        "election.takeOverBackoff=true", "sidecar={enabled: true, image: x}",
        "election.takeOverBackoff is true, but sidecar.enabled is true, and the sidecar has no such setting: set one of them to false")]
    [InlineData(
        "election.takeOverBackoff=true", "election.releaseOnStop=false",
        "election.takeOverBackoff is true, but election.releaseOnStop is false, and a stop cannot be told from a crash then: set "
            + "election.releaseOnStop=true, or take it out")]
    public async Task Values_ThatDoNotGoTogether_AreRefusedWithReasonAndFix(string value, string other, string message)
    {
        var chart = new HelmChart { Set = [value, other] };

        Assert.EndsWith("): " + message, await chart.RefusalAsync(), StringComparison.Ordinal);
        Assert.EndsWith("): " + message, await (chart with { Helm = 3 }).RefusalAsync(), StringComparison.Ordinal);
    }

    /// <summary>What is refused above, with what makes it whole; and without Role the rights are somebody else's.</summary>
    [ChartTheory]
    [InlineData("members.enabled=true", "lease.create=true", "rbac.createLease=true")]
    [InlineData("partitions.count=12", "lease.create=true", "rbac.create=false")]
    [InlineData("locks.enabled=true", "lease.create=true", "locks.names=[batch]")]
    [InlineData(
        "locks.enabled=true", "partitions.count=12",
        "locks.names=[shop-leader-elected-app-12, shop-leader-elected-app-01, shop-leader-elected-app-x]")]
    [InlineData("locks.enabled=true", "rbac.createLease=false", "locks.names=[batch]")]
    [InlineData("partitions.count=1000", "election.leaseName=" + LongName, "partitions.count=100")]
    [InlineData(
        "env=[{name: NODE_NAME, value: x}, {name: LeaseLocks__LeaseDuration, value: \"00:00:20\"}]", "locks.enabled=true",
        "locks.timing=\"\"")]
    public async Task Values_ThatGoTogether_AreNot(params string[] values) => await new HelmChart { Set = values }.RenderAsync();

    /// <summary>A person who projects the token by hand already, and then finds the switch.</summary>
    [ChartFact]
    public async Task Token_MountedTwice_IsRefused()
    {
        var chart = new HelmChart
        {
            Set =
            [
                "serviceAccount.automount=false",
                "volumeMounts=[{name: api-access, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]"
            ],
        };

        Assert.EndsWith(
            "volumeMounts has /var/run/secrets/kubernetes.io/serviceaccount, where this chart itself mounts the token with "
                + "serviceAccount.automount=false: take it and its volume out",
            await chart.RefusalAsync(), StringComparison.Ordinal);
    }

    [ChartFact]
    public async Task Kubernetes_TooOld_IsRefused() => Assert.Equal(
        "Error: chart requires kubeVersion: >=1.20.0-0 which is incompatible with Kubernetes v1.19.16",
        await new HelmChart { Kubernetes = "1.19.16" }.RefusalAsync());

    private static HelmChart Of(string value) => new() { Set = [value] };
}
