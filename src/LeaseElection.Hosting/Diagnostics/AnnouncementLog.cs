using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Log messages about telling the cluster who leads: ids 230-239. An id is never given to another message. None of them concerns the
/// election itself.
/// </summary>
internal static partial class AnnouncementLog
{
    [LoggerMessage(EventId = 230, EventName = "EventNotPublished", Level = LogLevel.Warning,
        Message = "Events on lease {LeaseNamespace}/{LeaseName} cannot be published; the election goes on without them. {Error}")]
    public static partial void EventNotPublished(this ILogger logger, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 231, EventName = "EventNotPublishedAgain", Level = LogLevel.Debug,
        Message = "An event on lease {LeaseNamespace}/{LeaseName} could not be published. {Error}")]
    public static partial void EventNotPublishedAgain(this ILogger logger, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 232, EventName = "EventPublished", Level = LogLevel.Debug,
        Message = "Published on lease {LeaseNamespace}/{LeaseName}: {Event}")]
    public static partial void EventPublished(this ILogger logger, string leaseNamespace, string leaseName, string @event);

    [LoggerMessage(EventId = 233, EventName = "EventDropped", Level = LogLevel.Debug,
        Message = "Not published on lease {LeaseNamespace}/{LeaseName}, because too many events wait already or it is too old: {Event}")]
    public static partial void EventDropped(this ILogger logger, string leaseNamespace, string leaseName, string @event);

    [LoggerMessage(EventId = 234, EventName = "PodNotLabelled", Level = LogLevel.Warning,
        Message = "The label leaseelection.dev/role of pod {PodNamespace}/{PodName} cannot be set or cleared for lease "
            + "{LeaseNamespace}/{LeaseName}; trying again, and the election goes on. A Service that selects the leader may find none, "
            + "or an old one. {Error}")]
    public static partial void PodNotLabelled(
        this ILogger logger, string podNamespace, string podName, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 235, EventName = "PodNotLabelledAgain", Level = LogLevel.Debug,
        Message = "The label leaseelection.dev/role of pod {PodNamespace}/{PodName} could not be set or cleared for lease "
            + "{LeaseNamespace}/{LeaseName}. {Error}")]
    public static partial void PodNotLabelledAgain(
        this ILogger logger, string podNamespace, string podName, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 236, EventName = "PodLabelSet", Level = LogLevel.Debug,
        Message = "Pod {PodNamespace}/{PodName} bears leaseelection.dev/role=leader for lease {LeaseNamespace}/{LeaseName}")]
    public static partial void PodLabelSet(
        this ILogger logger, string podNamespace, string podName, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 237, EventName = "PodLabelCleared", Level = LogLevel.Debug,
        Message = "Pod {PodNamespace}/{PodName} does not bear leaseelection.dev/role for lease {LeaseNamespace}/{LeaseName}")]
    public static partial void PodLabelCleared(
        this ILogger logger, string podNamespace, string podName, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 238, EventName = "NothingToAnnounceTo", Level = LogLevel.Information,
        Message = "Nothing comes of {Options} here: there is no Kubernetes lease (Store=File, or Enabled=false)")]
    public static partial void NothingToAnnounceTo(this ILogger logger, string options);

    [LoggerMessage(EventId = 239, EventName = "AnnouncerFailed", Level = LogLevel.Error,
        Message = "A bug in LeaseElection.Hosting: nothing more is told to the cluster of lease {LeaseNamespace}/{LeaseName}. The election "
            + "goes on. Please report this message")]
    public static partial void AnnouncerFailed(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);
}
