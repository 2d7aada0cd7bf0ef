namespace LeaseElection.Hosting;

/// <summary>One piece of work of one election.</summary>
/// <param name="Election">The name of the election.</param>
/// <param name="Name">What logs call it.</param>
/// <param name="Make">Makes an instance, with the services of a scope made for it.</param>
internal sealed record WorkRegistration(string Election, string Name, Func<IServiceProvider, ILeaderWork> Make)
{
    public WorkRegistration(string election, string name, Func<IServiceProvider, LeadershipTerm, CancellationToken, Task> execute)
        : this(election, name, services => new DelegateWork(services, execute))
    {
    }

    /// <summary>Whether an instance is made and prepared while the process stands by; else when a term begins.</summary>
    public bool PreparesOnStandby { get; init; }

    /// <summary>The type that was added, once per election; <see langword="null"/> for a delegate.</summary>
    public Type? Type { get; init; }

    /// <summary>Says at start why the host must not run with it; <see langword="null"/> when nothing is wrong.</summary>
    public Func<HostedServices, string?>? Refuse { get; init; }
}
