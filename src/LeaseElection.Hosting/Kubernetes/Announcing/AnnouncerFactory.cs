using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>
/// Makes those who tell the cluster of the leader of an election, as its options say. All Events of a host to the same API server go over
/// one client, which is open until this is disposed of: hundreds of elections that begin to lead in the same second would each connect.
/// </summary>
internal sealed class AnnouncerFactory(ProcessEnvironment environment, ElectionClock clock, ILoggerFactory? loggers = null)
    : IAsyncDisposable, IDisposable
{
    private const string PublishEvents = "Kubernetes:PublishEvents";
    private const string LabelLeaderPod = "Kubernetes:LabelLeaderPod";
    private const string TakeOverFromTerminated = "Kubernetes:TakeOverFromTerminated";

    /// <summary>How long the release may wait for the label to go: a request to a server that is well takes a hundredth of it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(0.5);

    private readonly Lock _lock = new();
    private readonly Dictionary<(KubernetesConnection Connection, string? Proxy), AnnouncementSender> _eventSenders = [];
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
            announcers.Add(new LeaseEventPublisher(EventSender(connection), card, clock, Logger<LeaseEventPublisher>()));
        if (pod is not null)
            announcers.Add(new LeaderPodLabel(connection, pod, card, clock, PatienceOf(options), Logger<LeaderPodLabel>()));
        return announcers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (AnnouncementSender sender in TakeAll())
            await sender.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>For containers that are not disposed asynchronously: what takes its time ends by itself.</summary>
    public void Dispose()
    {
        foreach (AnnouncementSender sender in TakeAll())
            _ = sender.DisposeAsync().AsTask();
    }

    private AnnouncementSender EventSender(KubernetesConnection connection)
    {
        (KubernetesConnection Connection, string? Proxy) key = connection.ToSharingKey();
        lock (_lock)
        {
            if (!_eventSenders.TryGetValue(key, out AnnouncementSender? sender))
            {
                sender = new AnnouncementSender(connection, clock.TimeProvider, Logger<LeaseEventPublisher>(), shared: true);
                _eventSenders[key] = sender;
            }
            return sender;
        }
    }

    private AnnouncementSender[] TakeAll()
    {
        lock (_lock)
        {
            AnnouncementSender[] all = [.. _eventSenders.Values];
            _eventSenders.Clear();
            return all;
        }
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
