using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>
/// The statements for the table as the model names it; <c>{0}</c> is the namespace, <c>{1}</c> the name of the lease, <c>{2}</c> the
/// token. Either
/// of <see cref="Hold"/> and <see cref="Raise"/> lets the term pass, and keeps later ones out until the transaction ends.
/// </summary>
/// <param name="Hold">Passes a term whose token is there already, which is that of all but its first transaction.</param>
/// <param name="HoldReadsRow">Whether that is a query that returns a row, else a statement that changes one.</param>
/// <param name="Raise">Passes a term whose token is the greatest, and puts it there.</param>
/// <param name="RaiseOnlyInserts">
/// Whether it does so only where there is no row. One that another connection has made since <see cref="Hold"/> is for that to judge.
/// </param>
/// <param name="Read">The token that is there, as text.</param>
/// <param name="Reset">Forgets it: what an operator runs by hand, with the names of the lease in place.</param>
/// <param name="IsNumber">Whether the token is a number there, else text.</param>
internal sealed record FenceStatements(
    string Hold, bool HoldReadsRow, string Raise, bool RaiseOnlyInserts, string Read, string Reset, bool IsNumber)
{
    private const string Made = "LeaseElection:FenceStatements";

    /// <exception cref="InvalidOperationException">The model has no such table, or the database no tables.</exception>
    public static FenceStatements For(DbContext context)
    {
        IEntityType table = context.Model.FindEntityType(FenceTable.Entity) ?? throw Refusal.NoTable(context);
        return table.GetOrAddRuntimeAnnotationValue(
            Made, static arguments => Make(arguments.table, HelperOf(arguments.context)), (table, context));
    }

    public object TokenOf(LeadershipTerm term) => IsNumber ? (BigInteger)term.FencingToken.Value : FenceTable.Text(term.FencingToken);

    private static ISqlGenerationHelper HelperOf(DbContext context) =>
        context.Database.IsRelational() ? context.GetService<ISqlGenerationHelper>() : throw Refusal.NotRelational(context);

    private static FenceStatements Make(IEntityType entity, ISqlGenerationHelper helper)
    {
        StoreObjectIdentifier store = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
        string Column(string property) => helper.DelimitIdentifier(entity.FindProperty(property)!.GetColumnName(store)!);
        string table = helper.DelimitIdentifier(store.Name, store.Schema);
        string leaseNamespace = Column(FenceTable.LeaseNamespace);
        string leaseName = Column(FenceTable.LeaseName);
        string token = Column(FenceTable.Token);
        string row = $"{leaseNamespace} = {{0}} AND {leaseName} = {{1}}";
        string reset = $"DELETE FROM {table} WHERE {leaseNamespace} = '{{0}}' AND {leaseName} = '{{1}}'";
        string insert = $"INSERT INTO {table} ({leaseNamespace}, {leaseName}, {token})";

        // A lock that the transactions of one term share, so that they do not wait for each other, and that a later term waits for. Nothing
        // is written for it but the lock: a row that each transaction updates would be a row that each transaction leaves a dead copy of.
        if (entity.FindProperty(FenceTable.Token)!.ClrType == typeof(BigInteger))
        {
            return new(
                $"SELECT 1 FROM {table} WHERE {row} AND {token} = {{2}} FOR SHARE",
                HoldReadsRow: true,
                $"{insert} VALUES ({{0}}, {{1}}, {{2}}) ON CONFLICT ({leaseNamespace}, {leaseName}) "
                + $"DO UPDATE SET {token} = excluded.{token} WHERE {table}.{token} <= excluded.{token}",
                RaiseOnlyInserts: false,
                // As a number it would be read into a decimal, which is too small.
                $"SELECT CAST({token} AS text) FROM {table} WHERE {row}",
                reset, IsNumber: true);
        }

        // Every database understands this. Should two insert the first row at once, the condition or the key stops one of them.
        return new(
            $"UPDATE {table} SET {token} = {{2}} WHERE {row} AND {token} <= {{2}}",
            HoldReadsRow: false,
            $"{insert} SELECT {{0}}, {{1}}, {{2}} WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {row})",
            RaiseOnlyInserts: true,
            $"SELECT {token} FROM {table} WHERE {row}",
            reset, IsNumber: false);
    }
}
