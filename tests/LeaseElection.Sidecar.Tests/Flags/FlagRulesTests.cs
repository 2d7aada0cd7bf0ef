using LeaseElection.Sidecar.Flags;
using static LeaseElection.Sidecar.Tests.Flags.FlagParserTests;

namespace LeaseElection.Sidecar.Tests.Flags;

public sealed class FlagRulesTests
{
    [Theory]
    [InlineData("--election is missing: name the lease that all replicas compete for, for example --election=my-service.")]
    [InlineData(
        "--ttl is 1.5s, but must be whole seconds from 1s to 1h, which is what a Lease can hold: write --ttl=2s.", "--election=a",
        "--ttl=1500ms")]
    [InlineData(
        "--ttl is 0s, but must be whole seconds from 1s to 1h, which is what a Lease can hold: write --ttl=1s.", "--election=a", "--ttl=0")]
    [InlineData(
        "--ttl is 86400s, but must be whole seconds from 1s to 1h, which is what a Lease can hold: write --ttl=3600s.", "--election=a",
        "--ttl=24h")]
    [InlineData("--renew-deadline is 10s, but must be at least 0.2s and less than --ttl (10s): leave it out for two thirds of that.",
        "--election=a", "--renew-deadline=10s")]
    [InlineData("--renew-deadline is 9.5s, which leaves no time to stop the command before another may "
        + "lead (--ttl 10s, a tenth of it in hand): "
        + "make it shorter, or --ttl longer.", "--election=a", "--renew-deadline=9.5s", "--", "true")]
    [InlineData("--stop-timeout is 5s, but must be longer than 0s and at most 2.334s: after --renew-deadline "
        + "(6.666s) and --stop-timeout a tenth of --ttl (10s) "
        + "must be left. Make --ttl longer.", "--election=a", "--stop-timeout=5s", "--", "true")]
    [InlineData("--stop-timeout is 0s, but must be longer than 0s and at most 2.334s: after --renew-deadline "
        + "(6.666s) and --stop-timeout a tenth of --ttl (10s) "
        + "must be left. Make --ttl longer.", "--election=a", "--stop-timeout=0", "--", "true")]
    [InlineData(
        "--grace is 0s, but must be longer than 0s and at most 24h: leave it out for 20s.", "--election=a", "--grace=0", "--", "true")]
    [InlineData("--store=file has no cluster: leave out --use-cluster-credentials, --kubeconfig, --context, --events and --label-pod.",
        "--election=a", "--store=file", "--context=x")]
    [InlineData("--store=file has no cluster: leave out --use-cluster-credentials, --kubeconfig, --context, --events and --label-pod.",
        "--election=a", "--store=file", "--events")]
    [InlineData("--label-pod knows Pods by the default --id only, so it could not take the label off a "
        + "dead leader: leave out one of the two.",
        "--election=a", "--label-pod", "--id=me")]
    [InlineData("--store-directory goes with --store=file only: add that, or leave it out.", "--election=a", "--store-directory=/x")]
    [InlineData("--use-cluster-credentials means the service account of the pod: leave out --kubeconfig and --context, or this.",
        "--election=a", "--use-cluster-credentials", "--kubeconfig=/x")]
    public void Check_RuleBroken_SaysWhatToDo(string message, params string[] arguments) => AssertWrong(message, arguments);

    [Theory]
    [InlineData("1s")]
    [InlineData("2s")]
    [InlineData("10s")]
    [InlineData("1h")]
    public void Check_AnyTtlAlone_LeavesTimeToStopTheCommandBeforeAnotherMayLead(string ttl)
    {
        SidecarOptions options = Parse("--election=a", $"--ttl={ttl}", "--", "true");
        Assert.True(options.EffectiveStopTimeout > options.Ttl / 5);
        Assert.True(options.EffectiveRenewDeadline + options.EffectiveStopTimeout <= 0.9 * options.Ttl);
    }

    [Fact]
    public void Check_HelpIsAsked_NothingElseMatters() => Assert.True(Parse("--help").Help);
}
