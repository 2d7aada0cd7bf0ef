namespace LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

internal sealed class Payment
{
    public int Id { get; set; }

    public required string Payee { get; set; }

    public long Amount { get; set; }
}
