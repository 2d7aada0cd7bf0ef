using System.Data.Common;
using System.Runtime.ExceptionServices;
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

    /// <summary>
    /// Whether an insert that fails may have met the key of a row that another connection made in the same moment: what is there by now
    /// decides, as it does for an insert that saw that row. Not in a transaction: some databases end it with such a failure, and what
    /// follows would be written outside of it, where nothing undoes it.
    /// </summary>
    private bool MayMeetAKey => _statements.RaiseOnlyInserts && !context.IsInTransaction();

    /// <exception cref="LeadershipLostException">A later term has been there.</exception>
    public void Run()
    {
        if (Holds())
            return;
        DbException? failed = null;
        try
        {
            var (raise, values) = Prepare(_statements.Raise);
            if (raise.ExecuteNonQuery(values) > 0)
                return;
        }
        catch (DbException exception) when (MayMeetAKey)
        {
            failed = exception;
        }

        if (_statements.RaiseOnlyInserts && Holds())
            return;
        var (read, row) = Prepare(_statements.Read);
        throw Refused(read.ExecuteScalar(row), failed);
    }

    /// <inheritdoc cref="Run"/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await HoldsAsync(cancellationToken).ConfigureAwait(false))
            return;
        DbException? failed = null;
        try
        {
            var (raise, values) = Prepare(_statements.Raise);
            if (await raise.ExecuteNonQueryAsync(values, cancellationToken).ConfigureAwait(false) > 0)
                return;
        }
        catch (DbException exception) when (MayMeetAKey)
        {
            failed = exception;
        }

        if (_statements.RaiseOnlyInserts && await HoldsAsync(cancellationToken).ConfigureAwait(false))
            return;
        var (read, row) = Prepare(_statements.Read);
        throw Refused(await read.ExecuteScalarAsync(row, cancellationToken).ConfigureAwait(false), failed);
    }

    private bool Holds()
    {
        var (hold, values) = Prepare(_statements.Hold);
        return _statements.HoldReadsRow ? hold.ExecuteScalar(values) is not null : hold.ExecuteNonQuery(values) > 0;
    }

    private async Task<bool> HoldsAsync(CancellationToken cancellationToken)
    {
        var (hold, values) = Prepare(_statements.Hold);
        return _statements.HoldReadsRow
            ? await hold.ExecuteScalarAsync(values, cancellationToken).ConfigureAwait(false) is not null
            : await hold.ExecuteNonQueryAsync(values, cancellationToken).ConfigureAwait(false) > 0;
    }

    private LeadershipLostException Refused(object? seen, DbException? failed)
    {
        if (seen is null && failed is not null)
            ExceptionDispatchInfo.Throw(failed); // There is no row whose key it met: it wants a right, room, or a connection.
        return Refusal.Superseded(context, term, seen, _statements.Reset);
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
