using LeaseElection.Hosting;

namespace LeaseElection.Sidecar.Flags;

/// <summary>What flags must be to each other: the rules that the library has for its options, in the words of flags.</summary>
internal static class FlagRules
{
    private static readonly TimeSpan ShortestTtl = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTtl = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromHours(24);
    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromMilliseconds(200);

    /// <exception cref="SidecarException">A rule is broken.</exception>
    public static void Check(SidecarOptions options)
    {
        if (options.Election.Length == 0)
        {
            throw FlagParser.Wrong(
                "--election is missing: name the lease that all replicas compete for, for example --election=my-service.");
        }

        CheckTtl(options.Ttl);
        CheckDeadline(options);
        if (options.Command.Count > 0)
            CheckStop(options);
        CheckStore(options);
    }

    private static void CheckTtl(TimeSpan ttl)
    {
        if (ttl >= ShortestTtl && ttl <= LongestTtl && ttl.Ticks % TimeSpan.TicksPerSecond == 0)
            return;
        var nearest = TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(ttl.TotalSeconds), ShortestTtl.TotalSeconds, LongestTtl.TotalSeconds));
        throw FlagParser.Wrong(
            $"--ttl is {Say(ttl)}, but must be whole seconds from 1s to 1h, which is what a Lease can hold: write --ttl={Say(nearest)}.");
    }

    private static void CheckDeadline(SidecarOptions options)
    {
        TimeSpan deadline = options.EffectiveRenewDeadline;
        if (deadline < ShortestDeadline || deadline >= options.Ttl)
        {
            throw FlagParser.Wrong(
                $"--renew-deadline is {Say(deadline)}, but must be at least {Say(ShortestDeadline)} and less than --ttl "
                + $"({Say(options.Ttl)}): leave it out for two thirds of that.");
        }
    }

    private static void CheckStop(SidecarOptions options)
    {
        // Before SIGKILL there must be time for SIGTERM, and all of it before another may lead.
        if (options.LongestStopTimeout <= TimeSpan.Zero)
        {
            throw FlagParser.Wrong(
                $"--renew-deadline is {Say(options.EffectiveRenewDeadline)}, which leaves no time to stop the command before "
                + $"another may lead (--ttl {Say(options.Ttl)}, a tenth of it in hand): make it shorter, or --ttl longer.");
        }

        if (options.StopTimeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > options.LongestStopTimeout))
        {
            throw FlagParser.Wrong(
                $"--stop-timeout is {Say(timeout)}, but must be longer than 0s and at most {Say(options.LongestStopTimeout)}: "
                + $"after --renew-deadline ({Say(options.EffectiveRenewDeadline)}) and --stop-timeout a tenth of --ttl "
                + $"({Say(options.Ttl)}) must be left. Make --ttl longer.");
        }

        if (options.Grace is { } grace && (grace <= TimeSpan.Zero || grace > LongestGrace))
            throw FlagParser.Wrong($"--grace is {Say(grace)}, but must be longer than 0s and at most 24h: leave it out for 20s.");
    }

    private static void CheckStore(SidecarOptions options)
    {
        bool kubernetes = options.Store == LeaseStoreKind.Kubernetes;
        if (!kubernetes
            && (options is { UseClusterCredentials: true } or { Events: true } or { LabelPod: true }
                or { KubeConfig: not null } or { Context: not null }))
        {
            throw FlagParser.Wrong(
                "--store=file has no cluster: leave out --use-cluster-credentials, --kubeconfig, --context, --events "
                + "and --label-pod.");
        }

        if (options is { LabelPod: true, Id: not null })
        {
            throw FlagParser.Wrong(
                "--label-pod knows Pods by the default --id only, so it could not take the label off a dead leader: leave out "
                + "one of the two.");
        }

        if (kubernetes && options.StoreDirectory is not null)
            throw FlagParser.Wrong("--store-directory goes with --store=file only: add that, or leave it out.");
        if (options.UseClusterCredentials && (options.KubeConfig is not null || options.Context is not null))
        {
            throw FlagParser.Wrong(
                "--use-cluster-credentials means the service account of the pod: leave out --kubeconfig and --context, or this.");
        }

        if (options.StoreDirectory is { } folder && !Path.IsPathFullyQualified(folder))
        {
            throw FlagParser.Wrong(
                $"--store-directory is \"{folder}\", but must be an absolute path, the same for all replicas: write for "
                + $"example {Path.GetFullPath(folder)}.");
        }
    }

    private static string Say(TimeSpan duration) => GoDuration.Format(duration);
}
