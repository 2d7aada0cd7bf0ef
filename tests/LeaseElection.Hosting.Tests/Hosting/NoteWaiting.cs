using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>Waits for notes that an election shows.</summary>
internal static class NoteWaiting
{
    public static async Task UntilNotesAsync(this ILeaderElection election, Func<IReadOnlyDictionary<string, string>, bool> condition)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in election.WatchAsync(patience.Token))
        {
            if (condition(status.Notes))
                return;
        }
    }
}
