namespace LeaseElection.Simulation;

/// <summary>
/// A mistake that somebody could make in the library, as a change of its sources. The oracle must see it within few seeds, or it could
/// not be believed where it sees nothing.
/// </summary>
/// <param name="Name">What the mutant does wrong.</param>
/// <param name="Edits">The changes that make it.</param>
internal sealed record Mutant(string Name, params MutantEdit[] Edits);
