using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Checks the options of every registered election and tells all mistakes at once.</summary>
internal sealed class LeaderElectionOptionsValidator(
    IEnumerable<LeaderElectionRegistration> registrations, IEnumerable<PartitionedWorkClaim> partitionedWorks)
    : IValidateOptions<LeaderElectionOptions>
{
    private readonly LeaderElectionRegistration[] _registrations = [.. registrations];
    private readonly ConcurrentDictionary<string, string> _told = new();

    public ValidateOptionsResult Validate(string? name, LeaderElectionOptions options)
    {
        // Options that no election uses need no lease: IOptions<LeaderElectionOptions>.Value where all elections have names.
        if (Array.Find(_registrations, candidate => candidate.Name == name) is not { } registration)
            return ValidateOptionsResult.Skip;

        var failures = new OptionFailures(registration, options, _told);
        if (registration.IsBroker)
            CheckIsOfLeases(options, failures);
        CheckNames(options, failures);
        ElectionTimingRules.Check(options, failures);
        CheckTakeOverBackoff(options, failures);
        MemberRules.Check(options.Members, failures);
        CheckChoice(nameof(options.WhenWorkEnds), options.WhenWorkEnds, failures);
        CheckChoice(nameof(options.WhenWorkOverruns), options.WhenWorkOverruns, failures);
        CheckChoice(nameof(options.Store), options.Store, failures);
        if (CheckPath("Kubernetes:TokenFile", options.Kubernetes.TokenFile, failures))
            CheckIsNoToken("Kubernetes:TokenFile", options.Kubernetes.TokenFile, failures);
        CheckPath("Kubernetes:CertificateAuthorityFile", options.Kubernetes.CertificateAuthorityFile, failures);
        CheckPath("Kubernetes:KubeConfig", options.Kubernetes.KubeConfig, failures);
        if (CheckPath("File:Directory", options.File.Directory, failures))
            CheckDirectory(options.File.Directory, failures);
        PartitionRules.Check(options, registration, partitionedWorks, failures);
        // Last, because the example takes several lines and the framework joins the failures by semicolons.
        if (!registration.IsBroker && options.Enabled && string.IsNullOrEmpty(options.LeaseName))
            failures.Add(MissingLeaseName(registration));

        return failures.Messages.Count > 0 ? ValidateOptionsResult.Fail(failures.Messages) : ValidateOptionsResult.Success;
    }

    /// <summary>By code alone: what a configuration says of elections is not even bound.</summary>
    private static void CheckIsOfLeases(LeaderElectionOptions options, OptionFailures failures)
    {
        const string rule = "unset, because it is for elections only";
        if (options.LeaseName is { } lease)
        {
            failures.Add(
                nameof(options.LeaseName), OptionFailures.Quote(lease), rule, "remove it, and name the lease where you ask for it");
        }

        if (!options.Enabled)
            failures.Add(nameof(options.Enabled), "false", rule, "remove it; for a single instance set Store to File");
        if (options.Kubernetes is { PublishEvents: true } or { LabelLeaderPod: true })
            failures.Add("Kubernetes:PublishEvents or LabelLeaderPod", "true", rule, "remove it");
        if (options.Kubernetes.TakeOverFromTerminated)
            failures.Add("Kubernetes:TakeOverFromTerminated", "true", rule, "remove it");
        if (options.TakeOverBackoff)
            failures.Add(nameof(options.TakeOverBackoff), "true", rule, "remove it");
    }

    private static void CheckTakeOverBackoff(LeaderElectionOptions options, OptionFailures failures)
    {
        if (options is { TakeOverBackoff: true, ReleaseOnStop: false })
        {
            failures.Add(
                nameof(options.TakeOverBackoff), "true",
                "false where ReleaseOnStop is false, because a stop cannot be told from a crash there",
                "remove one of them");
        }
    }

    private static void CheckNames(LeaderElectionOptions options, OptionFailures failures)
    {
        if (options.LeaseName is { Length: > 0 } lease && !KubernetesName.IsSubdomain(lease))
            failures.Add(nameof(options.LeaseName), OptionFailures.Quote(lease), KubernetesName.SubdomainRule, Suggest(lease));
        if (options.LeaseNamespace is { } space && !KubernetesName.IsLabel(space))
            failures.Add(nameof(options.LeaseNamespace), OptionFailures.Quote(space), KubernetesName.LabelRule, Suggest(space));
        if (options.Identity is { } identity && string.IsNullOrWhiteSpace(identity))
        {
            failures.Add(
                nameof(options.Identity), OptionFailures.Quote(identity),
                "a name that no other process has", "leave it unset for the default");
        }
        else if (options.Identity?.EnumerateRunes().Contains(Rune.ReplacementChar) is true)
        {
            // Half a character would come back from the lease as another one, and we would not know ourselves.
            failures.Add(
                nameof(options.Identity), OptionFailures.Quote(options.Identity), "whole Unicode characters, without U+FFFD",
                "remove the broken one");
        }
    }

    private static void CheckChoice<T>(string option, T value, OptionFailures failures)
        where T : struct, Enum
    {
        string names = string.Join(", ", Enum.GetNames<T>());
        if (!Enum.IsDefined(value))
            failures.Add(option, value.ToString(), "one of " + names, $"write \"{default(T)}\", the default");
    }

    private static bool CheckPath(string option, string? path, OptionFailures failures)
    {
        if (path?.Contains('\0', StringComparison.Ordinal) is not true)
            return true;
        failures.Add(
            option, OptionFailures.Quote(path.Replace("\0", "\\0", StringComparison.Ordinal)), "a path, without a zero character",
            "remove it");
        return false;
    }

    /// <summary>
    /// Before anybody shows the value: from a Secret a token itself is easily given, where the path of its file belongs. That of a service
    /// account is a JSON Web Token, and OpenShift has its own.
    /// </summary>
    private static void CheckIsNoToken(string option, string? path, OptionFailures failures)
    {
        string text = path?.Trim() ?? "";
        bool isWebToken = text.StartsWith("eyJ", StringComparison.Ordinal) && text.Count(c => c == '.') == 2;
        if (isWebToken || text.StartsWith("sha256~", StringComparison.Ordinal))
            failures.Add(option, "a token", "the path of a file that holds one", "mount the Secret as a volume, and name the file");
    }

    private static void CheckDirectory(string? directory, OptionFailures failures)
    {
        // Relative to what? Two processes started in different folders would each elect itself.
        if (directory is { Length: > 0 } && !Path.IsPathFullyQualified(directory))
        {
            failures.Add(
                "File:Directory", OptionFailures.Quote(directory), "an absolute path, the same for all processes",
                $"write for example \"{Path.GetFullPath(directory)}\"");
        }
    }

    private static string MissingLeaseName(LeaderElectionRegistration registration)
    {
        string key = registration.KeyOf(nameof(LeaderElectionOptions.LeaseName));
        string[] parents = registration.ConfigurationPath.Split(':', StringSplitOptions.RemoveEmptyEntries);
        string shared = registration is { Section: null, Name.Length: > 0 }
            ? " (LeaderElection:LeaseName is not for named elections: each needs a lease of its own)"
            : "";
        return $"{key} is not set, but every replica must be told the one lease they compete for{shared}: set the environment "
            + $"variable {key.Replace(":", "__", StringComparison.Ordinal)}, or write in appsettings.json\n"
            + $"  {string.Join(' ', parents.Select(parent => $"\"{parent}\": {{"))}\n"
            + "    \"LeaseName\": \"my-service\"\n"
            + $"  {string.Join(' ', parents.Select(_ => "}"))}";
    }

    private static string Suggest(string value) =>
        KubernetesName.Nearest(value) is { } nearest ? $"write for example \"{nearest}\"" : "write for example \"my-service\"";
}
