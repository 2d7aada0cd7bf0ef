using LeaseElection.Testing.Postgres;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

/// <summary>One PostgreSQL for all tests of this project that need it.</summary>
[CollectionDefinition(PostgresFixture.Collection)]
public sealed class PostgresCollectionDefinition : ICollectionFixture<PostgresFixture>;
