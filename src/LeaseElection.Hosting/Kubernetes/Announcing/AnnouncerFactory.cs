using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>Makes those who tell the cluster of the leader of an election, as its options say.</summary>
internal sealed class AnnouncerFactory(ProcessEnvironment environment, ElectionClock clock, ILoggerFactory? loggers = null)
{
    private const string PublishEvents = "Kubernetes:PublishEvents";
    private const string LabelLeaderPod = "Kubernetes:LabelLeaderPod";
    private const string TakeOverFromTerminated = "Kubernetes:TakeOverFromTerminated";

    /// <summary>How long the release may wait for the label to go: a request to a server that is well takes a hundredth of it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(0.5);

    private LeaderElectionRegistration? _labelling;

    /// <summary>The options that ask for something to be told, or to be looked for.</summary>
    public static IEnumerable<string> AskedFor(LeaderElectionOptions options)
    {
        if (options.Kubernetes.PublishEvents)
            yield return PublishEvents;
        if (options.Kubernetes.LabelLeaderPod)
            yield return LabelLeaderPod;
        if (options.Kubernetes.TakeOverFromTerminated)
            yield return TakeOverFromTerminated;
    }

    /// <exception cref="LeaseStoreConfigurationException">The Pod to label is not known, or another election labels it.</exception>
    public IReadOnlyList<ILeadershipAnnouncer> Open(
        LeaderElectionRegistration registration, LeaderElectionOptions options, KubernetesConnection connection, ElectionIdentityCard card)
    {
        PodIdentity? pod = options.Kubernetes.LabelLeaderPod ? PodToLabel(registration, options) : null;
        List<ILeadershipAnnouncer> announcers = [];
        if (options.Kubernetes.PublishEvents)
            announcers.Add(new LeaseEventPublisher(connection, card, clock, Logger<LeaseEventPublisher>()));
        if (pod is not null)
            announcers.Add(new LeaderPodLabel(connection, pod, card, clock, PatienceOf(options), Logger<LeaderPodLabel>()));
        return announcers;
    }

    private PodIdentity PodToLabel(LeaderElectionRegistration registration, LeaderElectionOptions options)
    {
        LeaderElectionRegistration first = Interlocked.CompareExchange(ref _labelling, registration, null) ?? registration;
        if (first.Name == registration.Name)
            return PodIdentity.Resolve(registration.KeyOf(LabelLeaderPod, options), "the Pod to label", environment);
        throw new LeaseStoreConfigurationException(
            $"{first.KeyOf(LabelLeaderPod)} and {registration.KeyOf(LabelLeaderPod)} are both true, but a Pod has one label "
            + $"{PodLabelRequests.Label}, which could not tell what its "
            + "Pod leads: set it to true for one election, and to false for the others.");
    }

    /// <summary>Waiting must not make work that stopped in time look as if it had overrun.</summary>
    private TimeSpan PatienceOf(LeaderElectionOptions options)
    {
        TimeSpan half = ElectionTimings.From(options).StopTimeout / 2;
        return half < Patience ? half : Patience;
    }

    private GuardedLogger Logger<T>() => new((loggers ?? NullLoggerFactory.Instance).CreateLogger<T>());
}
