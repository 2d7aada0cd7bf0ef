using System.Net;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>Tells what an answer means for an announcement.</summary>
internal static class AnnouncementReplies
{
    public static AnnouncementReply From(ApiOutcome outcome, Announcement announcement, string server)
    {
        if (outcome is ApiOutcome.NoAnswer none)
            return new(none.MayHaveArrived ? AnnouncementOutcome.Unknown : AnnouncementOutcome.Failed, none.Error.Message);

        var answer = (ApiOutcome.Answer)outcome;
        ApiStatus? status = ApiErrors.ReadStatus(answer.Body);
        (string verb, string resource) = (announcement.Verb, announcement.Resource);
        string what = $"{verb} {resource} '{announcement.Name}' in namespace '{announcement.Namespace}' at {server} ({(int)answer.Status})";
        string said = status?.Message is { Length: > 0 } message ? $" The server said: {Excerpt.Of(message)}" : "";
        return answer.Status switch
        {
            HttpStatusCode.OK or HttpStatusCode.Created => new(AnnouncementOutcome.Done),

            // Its name is made once: only a lost reply to the same request can have been there before.
            HttpStatusCode.Conflict when verb == "create" => new(AnnouncementOutcome.Done),
            _ when (int)answer.Status is >= 400 and < 500 && PolicyRefusal.By((int)answer.Status, status, verb) is { } policy =>
                new(
                    AnnouncementOutcome.Refused,
                    $"{policy} refuses to {what}; no Role helps against that. Exempt {resource} from it.{said}"),
            HttpStatusCode.Forbidden => new(
                AnnouncementOutcome.Refused,
                $"Not allowed to {what}. Grant it with a Role and a RoleBinding in that namespace: apiGroups [\"\"], resources "
                + $"[{resource}], verbs [{verb}].{said}"),
            HttpStatusCode.NotFound => new(AnnouncementOutcome.NotFound, $"Nothing there to {what}.{said}"),
            HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnsupportedMediaType
                or HttpStatusCode.UnprocessableEntity =>
                new(AnnouncementOutcome.Refused, $"The server refuses to {what}.{said}"),
            _ => new(AnnouncementOutcome.Failed, $"Could not {what}.{said}", answer.RetryAfter),
        };
    }
}
