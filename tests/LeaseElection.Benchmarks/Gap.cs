namespace LeaseElection.Benchmarks;

/// <summary>Nobody's work ran: from the end of one piece to the start of the next. Negative when they overlapped.</summary>
/// <param name="From">Whose work ended.</param>
/// <param name="To">Whose work began.</param>
/// <param name="Length">How long.</param>
internal sealed record Gap(string From, string To, TimeSpan Length);
