using System.Numerics;
using LeaseElection.Hosting.EntityFrameworkCore;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Makes the table that holds the greatest fencing token seen a part of the model.</summary>
public static class LeadershipFenceModelBuilderExtensions
{
    /// <summary>
    /// Adds the table to the model, and so to migrations: one row for each lease, with its namespace, its name and the greatest token that
    /// has written. In PostgreSQL the token is a <c>numeric(39,0)</c>, elsewhere text of 39 digits, so that the database compares it as a
    /// number.
    /// </summary>
    /// <param name="modelBuilder">The model.</param>
    /// <param name="table">The name of the table; <see langword="null"/> for <c>LeadershipFence</c>, as the conventions of the model
    /// spell it.</param>
    /// <param name="schema">Its schema; <see langword="null"/> for the default one of the model.</param>
    /// <returns>The same builder.</returns>
    public static ModelBuilder HasLeadershipFence(this ModelBuilder modelBuilder, string? table = null, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);

        // Nothing else tells a model builder for which database it builds: Npgsql's conventions have left their mark before anybody's
        // code runs.
        bool isPostgres = modelBuilder.Model.GetAnnotations().Any(mark => mark.Name.StartsWith("Npgsql:", StringComparison.Ordinal));
        return modelBuilder.SharedTypeEntity<Dictionary<string, object>>(FenceTable.Entity, fence =>
        {
            if (table is not null || schema is not null)
                fence.ToTable(table ?? FenceTable.Entity, schema);

            // As long as Kubernetes lets them be.
            fence.Property<string>(FenceTable.LeaseNamespace).HasMaxLength(63);
            fence.Property<string>(FenceTable.LeaseName).HasMaxLength(253);
            fence.HasKey(FenceTable.LeaseNamespace, FenceTable.LeaseName);
            if (isPostgres)
                fence.Property<BigInteger>(FenceTable.Token).HasColumnType("numeric(39,0)");
            else
                fence.Property<string>(FenceTable.Token).HasMaxLength(FenceTable.Digits).IsFixedLength().IsUnicode(false).IsRequired();
        });
    }
}
