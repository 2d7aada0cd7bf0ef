using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>
/// Asks the database whether a term may still write, on the connection and in the transaction of a context. It can be run again: the same
/// term passes as often as it likes.
/// </summary>
internal sealed class FenceCheck(DbContext context, LeadershipTerm term)
{
    private readonly FenceStatements _statements = FenceStatements.For(context);

    /// <exception cref="LeadershipLostException">A later term has been there.</exception>
    public void Run()
    {
        var (hold, values) = Prepare(_statements.Hold);
        if (_statements.HoldReadsRow ? hold.ExecuteScalar(values) is not null : hold.ExecuteNonQuery(values) > 0)
            return;
        var (raise, raised) = Prepare(_statements.Raise);
        if (raise.ExecuteNonQuery(raised) > 0)
            return;
        var (read, row) = Prepare(_statements.Read);
        throw Refusal.Superseded(context, term, read.ExecuteScalar(row), _statements.Reset);
    }

    /// <inheritdoc cref="Run"/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (hold, values) = Prepare(_statements.Hold);
        if (_statements.HoldReadsRow
            ? await hold.ExecuteScalarAsync(values, cancellationToken).ConfigureAwait(false) is not null
            : await hold.ExecuteNonQueryAsync(values, cancellationToken).ConfigureAwait(false) > 0)
        {
            return;
        }

        var (raise, raised) = Prepare(_statements.Raise);
        if (await raise.ExecuteNonQueryAsync(raised, cancellationToken).ConfigureAwait(false) > 0)
            return;
        var (read, row) = Prepare(_statements.Read);
        object? seen = await read.ExecuteScalarAsync(row, cancellationToken).ConfigureAwait(false);
        throw Refusal.Superseded(context, term, seen, _statements.Reset);
    }

    private (IRelationalCommand Command, RelationalCommandParameterObject Values) Prepare(string sql)
    {
        RawSqlCommand raw = context.GetService<IRawSqlCommandBuilder>()
            .Build(sql, [term.LeaseNamespace, term.LeaseName, _statements.TokenOf(term)], context.Model);
        return (raw.RelationalCommand, new RelationalCommandParameterObject(
            context.GetService<IRelationalConnection>(), raw.ParameterValues, readerColumns: null, context,
            context.GetService<IRelationalCommandDiagnosticsLogger>()));
    }
}
