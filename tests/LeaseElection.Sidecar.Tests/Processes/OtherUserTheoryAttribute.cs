namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OtherUserTheoryAttribute : TheoryAttribute
{
    public OtherUserTheoryAttribute() => Skip = OtherUserFactAttribute.Reason;
}
