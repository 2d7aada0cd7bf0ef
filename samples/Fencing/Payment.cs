namespace Fencing;

/// <summary>What was paid. Nothing in the table keeps anybody from paying a batch twice.</summary>
internal sealed class Payment
{
    public int Id { get; set; }

    public required int Batch { get; set; }

    public required string PaidBy { get; set; }
}
