using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>Makes those who tell the cluster of the leader of an election, as its options say.</summary>
internal sealed class AnnouncerFactory(ElectionClock clock, ILoggerFactory loggers)
{
    /// <summary>The options that ask for something to be told.</summary>
    public static IEnumerable<string> AskedFor(LeaderElectionOptions options)
    {
        if (options.Kubernetes.PublishEvents)
            yield return "Kubernetes:PublishEvents";
        if (options.Kubernetes.LabelLeaderPod)
            yield return "Kubernetes:LabelLeaderPod";
    }

    public IReadOnlyList<ILeadershipAnnouncer> Open(LeaderElectionOptions options, KubernetesConnection connection, ElectionIdentityCard card)
    {
        List<ILeadershipAnnouncer> announcers = [];
        if (options.Kubernetes.PublishEvents)
        {
            announcers.Add(new LeaseEventPublisher(
                connection, card, clock, new GuardedLogger(loggers.CreateLogger<LeaseEventPublisher>())));
        }

        return announcers;
    }
}
