using LeaseElection.Hosting;

namespace LeaseElection.Soak.Checking;

/// <summary>
/// One run of leader work, from its first to its last breath. All times are those of the clock that all processes of a machine share.
/// </summary>
/// <param name="Identity">The process that ran it: no two have the same.</param>
/// <param name="Token">The fencing token of its term.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended, by itself or with its process.</param>
/// <param name="Acts">What it did, in order.</param>
internal sealed record WorkRun(string Identity, FencingToken Token, TimeSpan Start, TimeSpan End, IReadOnlyList<GuardedAct> Acts)
{
    public override string ToString() => $"{Identity} with token {Token} from {Start.TotalSeconds:0.000} to {End.TotalSeconds:0.000}";
}
