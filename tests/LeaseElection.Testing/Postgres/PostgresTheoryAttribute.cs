using Xunit;

namespace LeaseElection.Testing.Postgres;

/// <summary>As <see cref="PostgresFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    /// <summary>Decides whether to skip.</summary>
    public PostgresTheoryAttribute() => Skip = PostgresFixture.SkipReason;
}
