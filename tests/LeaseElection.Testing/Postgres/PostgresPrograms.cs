namespace LeaseElection.Testing.Postgres;

/// <summary>Where PostgreSQL's programs are: in the place that <c>tests/postgres/install</c> fills, or where a variable says.</summary>
internal static class PostgresPrograms
{
    /// <summary>The folder with <c>initdb</c> and <c>postgres</c>, if it is not the cache.</summary>
    public const string FolderVariable = "LEASEELECTION_POSTGRES";

    /// <summary>The folder with both.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Folder => Find(Environment.GetEnvironmentVariable)
        ?? throw new InvalidOperationException("No PostgreSQL on this machine: run tests/postgres/install.");

    internal static string? Find(Func<string, string?> variable)
    {
        string?[] places = [variable(FolderVariable), ToolCache.PathOf(variable, "postgres", "current")];
        return places.FirstOrDefault(folder =>
            !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }
}
