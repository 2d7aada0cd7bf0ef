using Microsoft.EntityFrameworkCore;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

/// <summary>What the leader writes to.</summary>
internal sealed class Ledger(DbContextOptions<Ledger> options) : DbContext(options)
{
    public DbSet<Payment> Payments => Set<Payment>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasLeadershipFence();
}
