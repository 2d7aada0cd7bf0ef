namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// Tells a refusal by policy from one for want of rights. Both are a 403 as a rule, and whoever grants a Role against a policy has given
/// a right away and still no lease.
/// </summary>
internal static class PolicyRefusal
{
    private const string Webhook = "admission webhook \"";
    private const string Policy = "ValidatingAdmissionPolicy '";
    private const string UnreachableWebhook = "failed calling webhook \"";

    /// <returns>Who refused, to begin a sentence with; <see langword="null"/>: no policy, or none that says so.</returns>
    public static string? By(int code, ApiStatus? status, string verb)
    {
        // Reading is never looked at by a policy.
        if (status?.Message is not { Length: > 0 } message || verb is "get" or "list" or "watch")
            return null;
        if (NameAfter(Webhook, '"', message) is { } webhook)
            return $"The admission webhook '{webhook}'";
        if (NameAfter(Policy, '\'', message) is { } policy)
            return $"The ValidatingAdmissionPolicy '{policy}'";
        // Every authorizer's refusal is told in the same words: User "x" cannot create resource "leases".
        return code == 403 && !message.Contains(" cannot ", StringComparison.Ordinal)
            ? "A policy of the cluster (admission control)"
            : null;
    }

    /// <returns>The webhook that must be asked and cannot be; <see langword="null"/>: it is something else.</returns>
    public static string? UnreachableWebhookOf(ApiStatus? status) => NameAfter(UnreachableWebhook, '"', status?.Message ?? "");

    private static string? NameAfter(string words, char end, string message)
    {
        int start = message.IndexOf(words, StringComparison.Ordinal) + words.Length;
        return start >= words.Length && message.IndexOf(end, start) is > 0 and var last ? message[start..last] : null;
    }
}
