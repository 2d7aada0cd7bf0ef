namespace LeaseElection.Simulation;

/// <summary>What a server makes of annotations that come with a write.</summary>
internal enum AnnotationFate
{
    Kept,

    /// <summary>An admission webhook refuses the write.</summary>
    Refused,

    /// <summary>An admission webhook strips them off.</summary>
    Dropped,
}
