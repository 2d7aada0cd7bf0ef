namespace LeaseElection.Hosting;

/// <summary>
/// What is done about work that goes on after its term, where the loop, which decides that, gets no thread from the pool: it is what may
/// starve the pool, and another process leads beside it.
/// </summary>
/// <param name="StopTimeout">How long it has to end.</param>
/// <param name="HasEnded">Whether it has.</param>
/// <param name="Act">Ends the process.</param>
internal sealed record LastResort(TimeSpan StopTimeout, Func<bool> HasEnded, Action Act);
