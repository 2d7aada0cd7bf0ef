namespace LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

internal sealed class BrokenConnectionException() : IOException("The connection broke.");
