using LeaseElection.Hosting;
using Xunit.Sdk;

namespace LeaseElection.Testing.Election;

/// <summary>Waits for what an election tells of itself.</summary>
internal static class ElectionWaiting
{
    /// <param name="election">Who tells.</param>
    /// <param name="condition">What is waited for.</param>
    /// <param name="patience">For failure only.</param>
    public static async Task<LeaderElectionStatus> UntilAsync(
        this ILeaderElection election, Func<LeaderElectionStatus, bool> condition, TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        await foreach (LeaderElectionStatus status in election.WatchAsync(end.Token))
        {
            if (condition(status))
                return status;
        }

        throw new XunitException("The election has stopped.");
    }
}
