using System.Globalization;

namespace LeaseElection.Hosting.Configuration;

/// <summary>One setting that can be written in a configuration, and how its text becomes an option.</summary>
/// <param name="Key">The key within the section: <c>LeaseName</c>, <c>Kubernetes:ApiServer</c>.</param>
/// <param name="Expected">What the text must be, as the end of the sentence "… but must be".</param>
/// <param name="TrySet">Sets the option, or says that the text is none.</param>
/// <remarks>
/// Not <c>ConfigurationBinder</c>, for what it does to users of an election: a JSON <c>null</c> or an empty variable erases a
/// default, of several bad values it tells the first, in the words of a type converter, and <c>"StepDown, Restart"</c> is the sum
/// of both.
/// </remarks>
internal sealed record LeaderElectionSetting(string Key, string Expected, Func<LeaderElectionOptions, string, bool> TrySet)
{
    /// <summary>Every setting. A test compares it with the properties of the options.</summary>
    public static IReadOnlyList<LeaderElectionSetting> All { get; } =
    [
        Text(nameof(LeaderElectionOptions.LeaseName), (o, value) => o.LeaseName = value) with { IsShared = false, IsOfLeases = false },
        Text(nameof(LeaderElectionOptions.LeaseNamespace), (o, value) => o.LeaseNamespace = value),
        Text(nameof(LeaderElectionOptions.Identity), (o, value) => o.Identity = value) with { IsShared = false },
        Duration(nameof(LeaderElectionOptions.LeaseDuration), (o, value) => o.LeaseDuration = value),
        Duration(nameof(LeaderElectionOptions.RenewDeadline), (o, value) => o.RenewDeadline = value),
        Duration(nameof(LeaderElectionOptions.RenewInterval), (o, value) => o.RenewInterval = value),
        Duration(nameof(LeaderElectionOptions.RetryPeriod), (o, value) => o.RetryPeriod = value),
        Duration(nameof(LeaderElectionOptions.StopTimeout), (o, value) => o.StopTimeout = value) with { IsOfLeases = false },
        Switch(nameof(LeaderElectionOptions.ReleaseOnStop), (o, value) => o.ReleaseOnStop = value) with { IsOfLeases = false },
        Switch(nameof(LeaderElectionOptions.TakeOverBackoff), (o, value) => o.TakeOverBackoff = value) with { IsOfLeases = false },
        Choice<WorkEndPolicy>(nameof(LeaderElectionOptions.WhenWorkEnds), (o, value) => o.WhenWorkEnds = value) with { IsOfLeases = false },
        Choice<WorkOverrunPolicy>(nameof(LeaderElectionOptions.WhenWorkOverruns), (o, value) => o.WhenWorkOverruns = value)
            with { IsOfLeases = false },
        Choice<LeaseStoreKind>(nameof(LeaderElectionOptions.Store), (o, value) => o.Store = value),
        Switch(nameof(LeaderElectionOptions.Enabled), (o, value) => o.Enabled = value) with { IsOfLeases = false },
        Text("Kubernetes:ApiServer", (o, value) => o.Kubernetes.ApiServer = value),
        Text("Kubernetes:TokenFile", (o, value) => o.Kubernetes.TokenFile = value),
        Text("Kubernetes:CertificateAuthorityFile", (o, value) => o.Kubernetes.CertificateAuthorityFile = value),
        Text("Kubernetes:KubeConfig", (o, value) => o.Kubernetes.KubeConfig = value),
        Text("Kubernetes:Context", (o, value) => o.Kubernetes.Context = value),
        Switch("Kubernetes:PublishEvents", (o, value) => o.Kubernetes.PublishEvents = value) with { IsOfLeases = false },
        Switch("Kubernetes:LabelLeaderPod", (o, value) => o.Kubernetes.LabelLeaderPod = value) with { IsOfLeases = false },
        Switch("Kubernetes:TakeOverFromTerminated", (o, value) => o.Kubernetes.TakeOverFromTerminated = value) with { IsOfLeases = false },
        Text("Kubernetes:ContainerName", (o, value) => o.Kubernetes.ContainerName = value) with { IsOfLeases = false },
        Text("File:Directory", (o, value) => o.File.Directory = value),
        Duration("Members:LeaseDuration", (o, value) => o.Members.LeaseDuration = value) with { IsOfLeases = false },
        Duration("Members:RenewInterval", (o, value) => o.Members.RenewInterval = value) with { IsOfLeases = false },
        Number("Partitions:Count", (o, value) => o.Partitions.Count = value) with { IsShared = false, IsOfLeases = false },
        Duration("Partitions:MoveAfter", (o, value) => o.Partitions.MoveAfter = value) with { IsOfLeases = false },
    ];

    /// <summary>As <see cref="Expected"/>, for one text that is not: with what to write instead, where that can be told.</summary>
    public Func<string, string> ExpectedFor { get; private init; } = _ => Expected;

    /// <summary>
    /// Whether named elections take the value of the section <c>LeaderElection</c> as their default. Not the lease and the
    /// identity: two elections that shared one would elect one leader for both. Nor the number of partitions: of several elections few
    /// have any.
    /// </summary>
    public bool IsShared { get; private init; } = true;

    /// <summary>Whether it says where and how leases are kept, for whoever holds them, and not what an election makes of one.</summary>
    public bool IsOfLeases { get; private init; } = true;

    /// <summary>What may be written in the section of an election, or of a broker.</summary>
    public static IEnumerable<LeaderElectionSetting> Of(bool isBroker) => isBroker ? All.Where(setting => setting.IsOfLeases) : All;

    private static LeaderElectionSetting Text(string key, Action<LeaderElectionOptions, string> set) =>
        new(key, "text", (options, text) =>
        {
            set(options, text);
            return true;
        });

    private static LeaderElectionSetting Number(string key, Action<LeaderElectionOptions, int> set) =>
        new(key, "a whole number", (options, text) =>
        {
            bool valid = int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value);
            if (valid)
                set(options, value);
            return valid;
        });

    private static LeaderElectionSetting Duration(string key, Action<LeaderElectionOptions, TimeSpan> set) =>
        new(key, DurationText.Expected, (options, text) =>
        {
            bool valid = DurationText.TryParse(text, out TimeSpan value);
            if (valid)
                set(options, value);
            return valid;
        })
        { ExpectedFor = DurationText.ExpectedFor };

    private static LeaderElectionSetting Switch(string key, Action<LeaderElectionOptions, bool> set) =>
        new(key, "\"true\" or \"false\"", (options, text) =>
        {
            bool valid = bool.TryParse(text, out bool value);
            if (valid)
                set(options, value);
            return valid;
        });

    private static LeaderElectionSetting Choice<T>(string key, Action<LeaderElectionOptions, T> set)
        where T : struct, Enum =>
        new(key, "one of " + string.Join(", ", Enum.GetNames<T>()), (options, text) =>
        {
            // By name only: Enum.TryParse also takes numbers, which say nothing to a reader, and sums of names.
            string? name = Array.Find(Enum.GetNames<T>(), name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
            if (name is not null)
                set(options, Enum.Parse<T>(name));
            return name is not null;
        });
}
