namespace LeaseElection.Hosting;

/// <summary>How long a note stays on the lease.</summary>
public enum NoteLife
{
    /// <summary>Until it is written again or removed, through any number of later terms: what the next leader has to know.</summary>
    Lease,

    /// <summary>
    /// As long as the term that wrote it: nobody ever sees it beside another holder or another term. What is true of this leader only.
    /// </summary>
    Term,
}
