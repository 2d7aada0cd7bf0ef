namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// Tells warnings of a machine that is too busy to answer or to connect within seconds from those of a fault. A product that warns of the
/// former, and tries again, is right; a missing right or a bad option is told in other words.
/// </summary>
internal static class SlowAnswer
{
    public static bool IsTold(string message) =>
        message.Contains(" did not answer within ", StringComparison.Ordinal)
        || message.Contains(" could be made in time", StringComparison.Ordinal)
        || message.Contains(" for its turn behind others ", StringComparison.Ordinal);
}
