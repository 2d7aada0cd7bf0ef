using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

/// <summary>
/// Tries again at once after a <see cref="BrokenConnectionException"/>, as the strategies of providers do after faults of their own.
/// </summary>
internal sealed class Retries(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 3, TimeSpan.Zero)
{
    protected override bool ShouldRetryOn(Exception exception) => exception is BrokenConnectionException;
}

internal static class RetriesExtensions
{
    public static DbContextOptionsBuilder UseRetries(this DbContextOptionsBuilder options)
    {
        // Each provider has a builder of its own, with the same base.
        RelationalOptionsExtension extension = RelationalOptionsExtension.Extract(options.Options).WithExecutionStrategyFactory(
            dependencies => new Retries(dependencies));
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(extension);
        return options;
    }
}
