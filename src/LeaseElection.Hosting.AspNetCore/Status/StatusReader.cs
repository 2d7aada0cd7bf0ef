namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>What there is to be said of the elections of a host.</summary>
internal sealed class StatusReader
{
    private readonly Dictionary<string, TermHistory> _histories;

    public StatusReader(ElectionDirectory elections, TimeProvider time, CancellationToken stopped)
    {
        Elections = elections;
        _histories = elections.All.ToDictionary(election => election.Name, election => new TermHistory(election, time));
        Following = Task.WhenAll(_histories.Values.Select(history => history.FollowAsync(stopped)));
    }

    public ElectionDirectory Elections { get; }

    /// <summary>Ends with the host.</summary>
    public Task Following { get; }

    public AllElections ReadAll() => new([.. Elections.All.Select(Read)]);

    public OneElection Read(ILeaderElection election) => OneElection.Of(election) with { Terms = _histories[election.Name].Look() };
}
