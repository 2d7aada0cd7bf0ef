namespace LeaseElection.Hosting;

/// <summary>One piece of work of one election.</summary>
/// <param name="Election">The name of the election.</param>
/// <param name="Name">What logs call it.</param>
/// <param name="Execute">Runs it, with the services of a scope made for this run.</param>
internal sealed record WorkRegistration(
    string Election, string Name, Func<IServiceProvider, LeadershipTerm, CancellationToken, Task> Execute)
{
    /// <summary>The type that was added, once per election; <see langword="null"/> for a delegate.</summary>
    public Type? Type { get; init; }

    /// <summary>Says at start why the host must not run with it; <see langword="null"/> when nothing is wrong.</summary>
    public Func<HostedServices, string?>? Refuse { get; init; }
}
