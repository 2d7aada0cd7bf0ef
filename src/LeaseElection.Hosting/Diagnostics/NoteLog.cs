using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about notes on leases: ids 870-879. An id is never given to another message.</summary>
internal static partial class NoteLog
{
    [LoggerMessage(EventId = 870, EventName = "NotesWritten", Level = LogLevel.Debug,
        Message = "Wrote {Notes} notes on lease {LeaseNamespace}/{LeaseName}")]
    public static partial void NotesWritten(this ILogger logger, int notes, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 871, EventName = "NotesRefused", Level = LogLevel.Warning,
        Message = "Lease {LeaseNamespace}/{LeaseName} was not let have the notes {Keys}, although it was written without them: who reads "
            + "them finds nothing. Leadership goes on. Does an admission webhook or a policy refuse annotations on Leases? {Error}")]
    public static partial void NotesRefused(this ILogger logger, string leaseNamespace, string leaseName, string keys, string error);

    [LoggerMessage(EventId = 872, EventName = "EndpointNotPublished", Level = LogLevel.Warning,
        Message = "The terms of lease {LeaseNamespace}/{LeaseName} do not say where this process can be reached: while it leads, others "
            + "refuse what they would forward. {Reason}")]
    public static partial void EndpointNotPublished(
        this ILogger logger, string leaseNamespace, string leaseName, string reason, Exception? exception);
}
