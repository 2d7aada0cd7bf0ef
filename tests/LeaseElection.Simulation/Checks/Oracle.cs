using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// Knows the true time and checks the promises of the library against it. It knows nothing of how the core works: it sees when work
/// runs, what a term says of itself, what reaches the server and what the server did.
/// </summary>
internal sealed class Oracle(World world)
{
    private readonly List<SimWork> _running = [];
    private readonly List<(int Began, UInt128 Token)> _tokens = [];
    private readonly HashSet<(object, string)> _excused = [];
    private TimeSpan _heldUntil;
    private TimeSpan _clientGoHadItUntil;

    public Violation? Violation { get; private set; }

    /// <summary>Checks what whoever takes the lease owes to its holder.</summary>
    public Neighbours Neighbours { get; } = new(world);

    /// <summary>Checks what is promised of notes.</summary>
    public NoteOracle Notes { get; } = new(world);

    /// <summary>Checks what is promised where the work kills its leaders.</summary>
    public TakeOverOracle TakeOvers { get; } = new(world);

    public int Terms { get; private set; }

    /// <summary>How often client-go led.</summary>
    public int ClientGoTerms { get; private set; }

    /// <summary>When the server carried out the last write of an elector.</summary>
    public TimeSpan CommittedAt { get; private set; }

    /// <summary>When the last piece of some term's work ended.</summary>
    public TimeSpan WorkEndedAt { get; private set; }

    /// <summary>
    /// Overlaps that no lease can prevent: work of a process that was frozen, or that did not obey, or a lease taken away by hand.
    /// </summary>
    public Dictionary<string, int> Excused { get; } = [];

    public void Fail(string rule, SimProcess? process)
    {
        Violation ??= new Violation(world.Now, rule, process?.Node.Name ?? "world");
        world.Chronicle?.Add(world.Now, "ORACLE", $"*** {Violation} ***");
    }

    /// <summary>Work is about to start.</summary>
    public void TermBegan(SimWork work, Call? cause)
    {
        Terms++;
        SimProcess process = work.Process;
        if (cause is not { IsCommitted: true, IsWrite: true })
            Fail("a term began without a write that the server confirmed", process);
        if (process.Monotonic >= process.Truth.Proof)
            Fail("a term began after its own deadline", process);
        if (process.HasHeardStop)
            Fail("a term began after the process was asked to shut down", process);
        work.Began = process.Truth.LastCommit;
        CheckGap(process);
        CheckToken(work);
        foreach (SimWork other in _running)
        {
            if (other.Process == process && !other.IsAbandoned)
                Fail("a term began while work of the last one ran", process);
            else
                CheckOverlap(other.Began < work.Began ? other : work, other.Began < work.Began ? work : other);
        }

        foreach (ClientGoNode node in world.ClientGo)
        {
            if (node is { Works: true, Elector: { } older })
                Judge(
                    Neighbours.ExcuseFor(older), older, $"two leaders: the work of {node.Name} runs beside that of {process.Node.Name}",
                    process);
        }

        Held(process);
    }

    /// <summary>
    /// The first piece of some work runs: at the beginning of its term, or again after all of them had ended by themselves.
    /// </summary>
    public void WorkRuns(SimWork work) => _running.Add(work);

    public void WorkEnded(SimWork work)
    {
        _running.Remove(work);
        WorkEndedAt = world.Now;
    }

    /// <summary>
    /// Work of client-go begins or ends. It begins by a write that is newer than those of all that work, or it has ended long since.
    /// </summary>
    public void ClientGoWorkChanged(ClientGoElector elector)
    {
        ClientGoCommitted();
        world.Chronicle?.Add(world.Now, elector.Node.Name, elector.Works ? "leads and works" : "works no longer");
        if (!elector.Works)
            return;
        ClientGoTerms++;
        foreach (SimWork older in _running)
            Judge(
                Neighbours.ExcuseForTaking(elector) ?? Excuse.ForWork(world, older), older,
                $"two leaders: the work of {older.Process.Node.Name} runs beside that of {elector.Node.Name}", older.Process);
    }

    /// <summary>The lease is in good hands that are not ours: nobody of ours need lead.</summary>
    public void ClientGoCommitted() => _clientGoHadItUntil = world.Now;

    /// <summary>Leadership of a process has ended, whatever its work does.</summary>
    public void LeftTerm() => _heldUntil = world.Now;

    /// <summary>Asks a process whether it leads, as its work does before it acts, and checks the answer.</summary>
    public bool Held(SimProcess process)
    {
        if (!process.IsHeld)
            return false;
        if (process.Monotonic >= process.Truth.Proof)
            Fail("IsHeld is true although no confirmed write proves it: s + D has passed", process);
        foreach (Node node in world.Nodes)
        {
            if (node.Process is not { IsHeld: true } other || other == process)
                continue;
            SimWork older = other.Work!.Began < process.Work!.Began ? other.Work : process.Work;
            Judge(Excuse.ForTerm(world, older), older, $"two terms are held: {other.Node.Name} says so too", process);
        }

        foreach (ClientGoNode node in world.ClientGo)
        {
            if (node is { Works: true, Elector: { } newer } && newer.Began > process.Work!.Began)
                Judge(
                    Neighbours.ExcuseForTaking(newer) ?? Excuse.ForTerm(world, process.Work), process.Work,
                    $"two terms are held: {node.Name} leads", process);
        }

        return true;
    }

    /// <summary>A process has taken note of something: work knows whether its term is in danger.</summary>
    public void CheckDanger(SimProcess process)
    {
        if (!process.IsHeld)
            return;
        bool isInDanger = process.Truth.HasFailedToRenew && process.Monotonic >= process.Truth.Proof - (process.Settings.RenewDeadline / 2);
        if (process.Term!.InDanger.IsCancellationRequested != isInDanger)
            Fail(
                isInDanger ? "a term is in danger, and its work is not told" : "work is told that its term is in danger, which it is not",
                process);
    }

    /// <summary>The server has carried out a write.</summary>
    public void Committed(Call call, Lease? before, Lease after)
    {
        SimProcess process = call.Process;
        CommittedAt = world.Now;
        world.Chronicle?.Add(world.Now, "server", $"commits a write of {process.Node.Name}: {Server.Describe(after)}");
        process.Truth.LastCommit = world.Server.OriginOf(after);
        LeaseRecord? old = before?.Record;
        if (old?.HolderIdentity != after.Record.HolderIdentity)
        {
            process.Truth.TookAt = process.Truth.LastCommit;
            NoteBypassed(process);
        }

        LeaseRecord record = after.Record;
        Notes.Committed(call, before, after);
        WrittenTimes.Check(world, call, record);
        if (call.Request is ElectionOutput.Replace && before is null)
            Fail("a write without the uid of its lease created a lease that somebody had deleted", process);
        else if (ReferenceEquals(before, after) && world.Server.RestoredAt < 0)
            Fail("a write changed nothing, so the server dropped it", process);
        if (!record.HasHolder && process.Work is { IsEnded: false, IsAbandoned: false })
            Fail("the lease was released while work ran", process);
        int counted = (old?.LeaseTransitions ?? -1) + (old?.HolderIdentity == record.HolderIdentity || !record.HasHolder ? 0 : 1);
        bool mustCount = world.Server.RestoredAt < 0 && before is not null && old!.LeaseTransitions is not (null or int.MaxValue);
        if (mustCount && record.LeaseTransitions != counted)
            Fail($"transitions went from {old!.LeaseTransitions} to {record.LeaseTransitions}", process);
    }

    public void Sent(SimProcess process) => RequestBudget.Count(world, process);

    public void Told(SimProcess process, ElectionEvent told)
    {
        if (told is ElectionEvent.LeadershipLost { Reason: StopReason.DeadlinePassed } && NeedlessLoss.IsOne(world, process))
            Fail("leadership was lost although the server could be reached in time", process);
        if (told is ElectionEvent.LeadershipLost lost && IsSomebodyElses(lost.Reason) && IsStillIts(process))
            Fail($"leadership was given up ({lost.Reason}) although the lease was never anybody else's", process);
    }

    /// <summary>A process has ended in good order.</summary>
    public void Exited(SimProcess process)
    {
        if (process.Work is { IsEnded: false, IsAbandoned: false })
            Fail("the election stopped while its work ran", process);
    }

    /// <summary>All has been well for long enough: somebody must lead.</summary>
    public void CheckLeader()
    {
        if (!world.IsLed)
            Fail("nobody leads although all has been well for long enough", null);
    }

    private static bool IsSomebodyElses(StopReason reason) =>
        reason is StopReason.OtherHolder or StopReason.HolderCleared or StopReason.LeaseDeleted or StopReason.IdentityInUse;

    /// <summary>Only where what a process sees has an order, and nobody but electors ever wrote.</summary>
    private bool IsStillIts(SimProcess process) =>
        world.Scenario.HasNumbers && !world.Scenario.Faults.Contains(FaultKind.StaleRead)
        && world.Server is { TamperedAt: < 0, RestoredAt: < 0, Current: { } lease } && lease.Record.HolderIdentity == process.Identity;

    /// <summary>A lease changes hands after a person laid hands on it: did the new holder know whom it had to wait for?</summary>
    private void NoteBypassed(SimProcess taker)
    {
        foreach (Node node in world.Nodes)
        {
            if (node.Process is { Truth.LastCommit: >= 0 } process && process != taker && world.Server.TamperedAt > process.Truth.TookAt
                && taker.Truth.Seen(process.Identity) < process.Truth.LastCommit && !IsWarned(taker, process))
                process.Truth.BypassedAt = world.Server.Changes;
        }
    }

    /// <summary>
    /// Whether it has to wait for one whose last renewal it has not seen. By a lease of its own that is shorter, it cannot.
    /// </summary>
    private static bool IsWarned(SimProcess taker, SimProcess process) =>
        taker.Truth.BypassedAt < 0 && taker.Truth.UnwarnedAt < process.Truth.LastCommit
        && taker.Settings.LeaseDuration >= process.Settings.LeaseDuration;

    private void CheckOverlap(SimWork older, SimWork newer) => Judge(
        Excuse.ForWork(world, older), older,
        $"two leaders: the work of {older.Process.Node.Name} runs beside that of {newer.Process.Node.Name}", newer.Process);

    /// <summary>Two led at once.</summary>
    private void Judge(string? excuse, object older, string rule, SimProcess process)
    {
        if (excuse is null)
            Fail(rule, process);
        else
            NoteExcuse(excuse, older);
    }

    private void CheckGap(SimProcess process)
    {
        TimeSpan from = _heldUntil > _clientGoHadItUntil ? _heldUntil : _clientGoHadItUntil;
        foreach (Node node in world.Nodes)
            from = node.TroubledUntil > from ? node.TroubledUntil : from;
        TimeSpan gap = world.Now - from;
        if (gap > Liveness.Bound(world) + TakeOvers.LongestWaitSince(from))
            Fail($"nobody led for {gap.TotalSeconds:0.0} s although all was well", process);
    }

    private void CheckToken(SimWork work)
    {
        if (world.Server.RestoredAt >= 0 || !world.Scenario.HasNumbers)
            return;
        if (work.Facts.Token is not { } token)
        {
            Fail("a term has no fencing token", work.Process);
            return;
        }

        // In the order of the writes that began them: a stunned machine hears of its own term after the next has begun.
        foreach ((int began, UInt128 other) in _tokens)
        {
            if (began < work.Began ? other >= token.Value : other <= token.Value)
                Fail($"the fencing tokens {other} and {token} are not in the order of their terms", work.Process);
        }

        _tokens.Add((work.Began, token.Value));
    }

    /// <param name="excuse">Why it is nobody's fault, or not ours.</param>
    /// <param name="older">Whose: the same one, looked at again, does not count again.</param>
    public void NoteExcuse(string excuse, object older)
    {
        if (!_excused.Add((older, excuse)))
            return;
        Excused[excuse] = Excused.GetValueOrDefault(excuse) + 1;
        world.Chronicle?.Add(world.Now, "oracle", $"excused: {excuse}");
    }
}
