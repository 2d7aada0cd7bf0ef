namespace LeaseElection.Hosting;

/// <summary>Whether the start of a hosted service has been called, and has returned.</summary>
internal enum StartStage
{
    NotCalled,

    Starting,

    Started,
}
