namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>A member as this process sees it.</summary>
/// <param name="Identity">What it is called.</param>
/// <param name="Since">Since when it is here, by its own clock.</param>
/// <param name="Leads">Whether it leads.</param>
/// <param name="IsSelf">Whether it is this process.</param>
/// <param name="Node">Where it runs, if it tells; else null.</param>
internal sealed record SeenMember(string Identity, DateTimeOffset Since, bool Leads, bool IsSelf, string? Node)
{
    public static SeenMember Of(ElectionMember member) => new(
        member.Identity, member.Since, member.Leads, member.IsSelf, member.Labels.GetValueOrDefault("kubernetes.io/hostname"));
}
