using LeaseElection.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fencing;

/// <summary>Pays batch after batch, and takes its time in the middle of each: long enough to freeze it there by hand.</summary>
internal sealed partial class Settlement(
    SettlementContext db, ILeaderElection election, IConfiguration configuration, ILogger<Settlement> logger) : ILeaderWork
{
    private readonly TimeSpan _pause = configuration.GetValue("Pause", TimeSpan.FromSeconds(2));

    public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        await db.Database.EnsureCreatedAsync(stoppingToken); // An app has migrations.
        if (configuration.GetValue("Fence", defaultValue: true))
            await db.Database.EnsureLeadershipAsync(stoppingToken); // From here on no earlier term writes: what is read next stays true.
        int last = await db.Payments.MaxAsync(payment => (int?)payment.Batch, stoppingToken) ?? 0;
        try
        {
            for (int batch = last + 1; !stoppingToken.IsCancellationRequested; batch++)
                await PayAsync(batch);
        }
        catch (LeadershipLostException exception)
        {
            LogRefused(exception.Message);
            throw;
        }
    }

    /// <summary>What has begun is brought to its end, as work does that cannot be interrupted: a fence is for that.</summary>
    private async Task PayAsync(int batch)
    {
        // SQLite has one writer: who pauses in mid-transaction keeps all others out. So there the pause comes before.
        await using IDbContextTransaction? transaction = db.Database.IsNpgsql() ? await db.Database.BeginTransactionAsync() : null;
        db.Payments.Add(new Payment { Batch = batch, PaidBy = election.Identity });
        if (transaction is not null)
            await db.SaveChangesAsync();

        LogPaying(batch, Environment.ProcessId);
        await Task.Delay(_pause, TimeProvider.System, CancellationToken.None);

        await db.SaveChangesAsync();
        if (transaction is not null)
            await transaction.CommitAsync();
        LogPaid(batch);
    }

    [LoggerMessage(LogLevel.Information, "Paying batch {Batch}: freeze me now (kill -STOP {Pid})")]
    private partial void LogPaying(int batch, int pid);

    [LoggerMessage(LogLevel.Information, "Paid batch {Batch}")]
    private partial void LogPaid(int batch);

    [LoggerMessage(LogLevel.Warning, "Refused. {Reason}")]
    private partial void LogRefused(string reason);
}
