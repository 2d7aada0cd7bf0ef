using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about who leads: ids 100-199. An id is never given to another message.</summary>
internal static partial class ElectionLog
{
    [LoggerMessage(EventId = 100, EventName = "Standing", Level = LogLevel.Information,
        Message = "Standing for lease {LeaseNamespace}/{LeaseName} as {Identity}")]
    public static partial void Standing(this ILogger logger, string leaseNamespace, string leaseName, string identity);

    [LoggerMessage(EventId = 101, EventName = "BecameLeader", Level = LogLevel.Information,
        Message = "{HolderIdentity} became leader of lease {LeaseNamespace}/{LeaseName} (transition {Transitions}, "
            + "fencing token {FencingToken})")]
    public static partial void BecameLeader(
        this ILogger logger, string holderIdentity, string leaseNamespace, string leaseName, int transitions, string fencingToken);

    [LoggerMessage(EventId = 102, EventName = "NoFencingToken", Level = LogLevel.Warning,
        Message = "This term of lease {LeaseNamespace}/{LeaseName} has no fencing token: resource version '{ResourceVersion}' "
            + "is no number, or not greater than one "
            + "seen before. Work that asks for the token fails. Was etcd restored from a backup? Restore with --bump-revision")]
    public static partial void NoFencingToken(this ILogger logger, string leaseNamespace, string leaseName, string resourceVersion);

    [LoggerMessage(EventId = 103, EventName = "HolderChanged", Level = LogLevel.Information,
        Message = "{HolderIdentity} leads lease {LeaseNamespace}/{LeaseName}; standing by")]
    public static partial void HolderChanged(this ILogger logger, string holderIdentity, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 104, EventName = "HolderGone", Level = LogLevel.Information,
        Message = "Nobody holds lease {LeaseNamespace}/{LeaseName}")]
    public static partial void HolderGone(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 105, EventName = "HolderProvenDead", Level = LogLevel.Information,
        Message = "The process of {HolderIdentity}, holder of lease {LeaseNamespace}/{LeaseName}, is dead: its lease "
            + "need not run out")]
    public static partial void HolderProvenDead(this ILogger logger, string holderIdentity, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 106, EventName = "IdentityInUse", Level = LogLevel.Error,
        Message = "Another process holds lease {LeaseNamespace}/{LeaseName} under the identity of this one, {HolderIdentity}, or somebody "
            + "edited the lease by hand; waiting for it as for any other holder. If nobody edited it, remove LeaderElection:Identity, or "
            + "make it different for each process. After a restart with a fixed identity this ends with the lease")]
    public static partial void IdentityInUse(this ILogger logger, string leaseNamespace, string leaseName, string holderIdentity);

    [LoggerMessage(EventId = 107, EventName = "Renewed", Level = LogLevel.Debug,
        Message = "Renewed lease {LeaseNamespace}/{LeaseName} in {Milliseconds} ms")]
    public static partial void Renewed(this ILogger logger, string leaseNamespace, string leaseName, double milliseconds);

    [LoggerMessage(EventId = 108, EventName = "RenewalFailed", Level = LogLevel.Warning,
        Message = "Renewing lease {LeaseNamespace}/{LeaseName} failed; trying again, leadership ends in {Seconds} s "
            + "unless it succeeds. {Error}")]
    public static partial void RenewalFailed(
        this ILogger logger, string leaseNamespace, string leaseName, double seconds, string error, Exception? exception);

    [LoggerMessage(EventId = 109, EventName = "RenewalFailedAgain", Level = LogLevel.Debug,
        Message = "Renewing lease {LeaseNamespace}/{LeaseName} failed {Failures} times in a row, {Seconds} s left. {Error}")]
    public static partial void RenewalFailedAgain(
        this ILogger logger, string leaseNamespace, string leaseName, int failures, double seconds, string error);

    [LoggerMessage(EventId = 110, EventName = "Draining", Level = LogLevel.Information,
        Message = "Giving up lease {LeaseNamespace}/{LeaseName} ({Reason}): stopping work, renewing until it has ended")]
    public static partial void Draining(this ILogger logger, string leaseNamespace, string leaseName, string reason);

    [LoggerMessage(EventId = 111, EventName = "LeadershipLost", Level = LogLevel.Warning,
        Message = "Lost leadership of lease {LeaseNamespace}/{LeaseName} ({Reason}; holder last seen: {HolderIdentity}): {Advice}")]
    public static partial void LeadershipLost(
        this ILogger logger, string leaseNamespace, string leaseName, string reason, string holderIdentity, string advice);

    [LoggerMessage(EventId = 112, EventName = "Released", Level = LogLevel.Information,
        Message = "Released lease {LeaseNamespace}/{LeaseName}: another process may lead at once")]
    public static partial void Released(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 113, EventName = "NotReleased", Level = LogLevel.Warning,
        Message = "Could not release lease {LeaseNamespace}/{LeaseName}: nothing to do, but the next leader starts only "
            + "when the lease has run out. {Error}")]
    public static partial void NotReleased(this ILogger logger, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 114, EventName = "StandsAgain", Level = LogLevel.Information,
        Message = "Standing for lease {LeaseNamespace}/{LeaseName} again in {Seconds} s")]
    public static partial void StandsAgain(this ILogger logger, string leaseNamespace, string leaseName, double seconds);

    [LoggerMessage(EventId = 115, EventName = "ClockJumped", Level = LogLevel.Warning,
        Message = "The wall clock ran ahead by {Seconds} s: this machine may have been paused. lease "
            + "{LeaseNamespace}/{LeaseName} is not held until a renewal, sent "
            + "now, proves it. If this repeats, look at the hypervisor's pauses or at what sets the clock")]
    public static partial void ClockJumped(this ILogger logger, double seconds, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 116, EventName = "Stopped", Level = LogLevel.Information,
        Message = "No longer standing for lease {LeaseNamespace}/{LeaseName}")]
    public static partial void Stopped(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 117, EventName = "Abandoned", Level = LogLevel.Critical,
        Message = "The host stopped waiting while this process was {State} on lease {LeaseNamespace}/{LeaseName}. Still "
            + "running: {Work}. The lease is not released and "
            + "runs out by itself. Let work return sooner when its token fires, or raise HostOptions.ShutdownTimeout")]
    public static partial void Abandoned(
        this ILogger logger, LeaderElectionState state, string leaseNamespace, string leaseName, string work);

    [LoggerMessage(EventId = 118, EventName = "LoopFailed", Level = LogLevel.Critical,
        Message = "The election for lease {LeaseNamespace}/{LeaseName} ended by a bug in LeaseElection.Hosting: this process "
            + "does not lead and will not. Restart it and "
            + "report this message")]
    public static partial void LoopFailed(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);

    [LoggerMessage(EventId = 119, EventName = "NotBegun", Level = LogLevel.Warning,
        Message = "The election of {Section} has not begun after {Seconds} s, because its host has not started yet: {Cause}")]
    public static partial void NotBegun(this ILogger logger, string section, double seconds, string cause);
}
