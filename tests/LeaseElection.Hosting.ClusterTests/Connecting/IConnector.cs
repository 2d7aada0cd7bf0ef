namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>A column of the table: a program that reads one lease.</summary>
internal interface IConnector
{
    string Name { get; }

    /// <summary>Whether it can be asked about a row; <see langword="false"/> leaves its cell empty.</summary>
    bool Knows(ConnectionCase connection);

    /// <returns>Why it has not got the lease; <see langword="null"/> if it has.</returns>
    Task<string?> ReadLeaseAsync(ConnectionScene scene);
}
