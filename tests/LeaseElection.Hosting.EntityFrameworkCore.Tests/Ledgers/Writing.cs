using Microsoft.EntityFrameworkCore;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

/// <summary>The ways in which a context writes, each awaited or not.</summary>
internal static class Writing
{
    public static async Task<int> SaveAsync(this Ledger ledger, string payee, bool awaited = true)
    {
        ledger.Payments.Add(new Payment { Payee = payee });
        return awaited ? await ledger.SaveChangesAsync() : ledger.SaveChanges();
    }

    public static async Task<int> RaiseAmountsAsync(this Ledger ledger, bool awaited) => awaited
        ? await ledger.Payments.ExecuteUpdateAsync(set => set.SetProperty(payment => payment.Amount, payment => payment.Amount + 1))
        : ledger.Payments.ExecuteUpdate(set => set.SetProperty(payment => payment.Amount, payment => payment.Amount + 1));

    public static async Task<int> DeleteAsync(this Ledger ledger, bool awaited) =>
        awaited ? await ledger.Payments.ExecuteDeleteAsync() : ledger.Payments.ExecuteDelete();

    public static async Task<int> RaiseAmountsBySqlAsync(this Ledger ledger, bool awaited)
    {
        const string Sql = """UPDATE "Payments" SET "Amount" = "Amount" + 1""";
        return awaited ? await ledger.Database.ExecuteSqlRawAsync(Sql) : ledger.Database.ExecuteSqlRaw(Sql);
    }

    public static async Task EnsureAsync(this Ledger ledger, bool awaited)
    {
        if (awaited)
            await ledger.Database.EnsureLeadershipAsync();
        else
            ledger.Database.EnsureLeadership();
    }
}
