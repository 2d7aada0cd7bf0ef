namespace LeaseElection.Hosting.Configuration;

/// <summary>
/// That an app says by itself how the API server of an election is reached. A keyed service, the key being the election's name.
/// </summary>
/// <param name="Origin">What the user has typed.</param>
/// <param name="Connect">Asks the app.</param>
internal sealed record GivenConnectionRegistration(
    string Origin, Func<IServiceProvider, CancellationToken, ValueTask<KubernetesApiConnection?>> Connect);
