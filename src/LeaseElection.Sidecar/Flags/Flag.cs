namespace LeaseElection.Sidecar.Flags;

/// <summary>One flag, and the variable that says the same.</summary>
/// <param name="Name">Without the dashes.</param>
/// <param name="Placeholder">What stands for its value in <c>--help</c>; empty: it is a switch.</param>
/// <param name="Help">What it is, for <c>--help</c> and the README.</param>
/// <param name="Rule">What its value must be, as the end of the sentence "… but must be".</param>
/// <param name="TrySet">Sets the option, or says that the text is none.</param>
internal sealed record Flag(string Name, string Placeholder, string Help, string Rule, Func<SidecarOptions, string, bool> TrySet)
{
    private const string Prefix = "LEADER_ELECTOR_";

    public bool IsSwitch => Placeholder.Length == 0;

    /// <summary>Not where it would make no sense: a variable that asks for help.</summary>
    public bool HasVariable { get; init; } = true;

    public string Variable => Prefix + Name.ToUpperInvariant().Replace('-', '_');

    public override string ToString() => "--" + Name;
}
