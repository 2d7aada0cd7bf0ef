using System.Globalization;

namespace LeaseElection.Hosting.Testing.Hosts;

/// <summary>What a fake election changes of the app's settings, and what it reads in them.</summary>
internal static class FakeOptions
{
    /// <summary>
    /// Neither cluster nor file whatever the app's configuration says, and nothing read from the variables of the process. The timings stay
    /// the app's.
    /// </summary>
    /// <param name="options">Those of the app.</param>
    /// <param name="number">Which election of its host it is, from 1: each needs a lease of its own.</param>
    public static void Apply(LeaderElectionOptions options, int number)
    {
        options.Enabled = true;
        options.Store = LeaseStoreKind.Kubernetes;
        options.Kubernetes = new KubernetesStoreOptions();
        options.LeaseName ??= number == 1 ? "test" : string.Create(CultureInfo.InvariantCulture, $"test-{number}");
        options.LeaseNamespace ??= "default";
        if (options.WhenWorkOverruns == WorkOverrunPolicy.FailFast)
            options.WhenWorkOverruns = WorkOverrunPolicy.StopHost; // The process is that of the tests.
    }

    /// <summary>As <see cref="LeaderElectionOptions.RenewInterval"/> describes its default.</summary>
    public static TimeSpan RenewIntervalOf(LeaderElectionOptions options)
    {
        if (options.RenewInterval is { } interval)
            return interval;
        TimeSpan fifth = options.LeaseDuration / 5, second = TimeSpan.FromSeconds(1), half = options.RenewDeadline / 2;
        TimeSpan wanted = fifth > second ? fifth : second;
        return wanted < half ? wanted : half;
    }
}
