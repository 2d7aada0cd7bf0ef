using Xunit;

namespace LeaseElection.Testing.Postgres;

/// <summary>A fact that needs a real PostgreSQL: skipped with the reason on a machine without, failing there when <c>CI=true</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    /// <summary>Decides whether to skip.</summary>
    public PostgresFactAttribute() => Skip = PostgresFixture.SkipReason;
}
