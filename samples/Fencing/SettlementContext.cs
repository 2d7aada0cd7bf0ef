using Microsoft.EntityFrameworkCore;

namespace Fencing;

/// <summary>What the leader writes to, and the table that its token is kept in.</summary>
internal sealed class SettlementContext(DbContextOptions<SettlementContext> options) : DbContext(options)
{
    public DbSet<Payment> Payments => Set<Payment>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasLeadershipFence();
}
